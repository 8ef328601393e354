/** Words of the desk and of conversations, in three languages beside this file. */
import { en } from "./desk/en";
import { pl } from "./desk/pl";
import { ru } from "./desk/ru";
import { room } from "./room";

export const t = room({ en, ru, pl });
