/** Words of cases, gestures, wow moments and of an agent's day. */
import { en } from "./experience_cases/en";
import { pl } from "./experience_cases/pl";
import { ru } from "./experience_cases/ru";
import { room } from "./room";

export const t = room({ en, ru, pl });
