/** Words of what-if, in three languages beside this file. */
import { room } from "./room";
import { en } from "./whatif/en";
import { pl } from "./whatif/pl";
import { ru } from "./whatif/ru";

export const t = room({ en, ru, pl });
