/** Words of the policy's screens, in three languages beside this file. */
import { en } from "./policies/en";
import { pl } from "./policies/pl";
import { ru } from "./policies/ru";
import { room } from "./room";

export const t = room({ en, ru, pl });
