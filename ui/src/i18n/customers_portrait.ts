/** Words of the customer's page, of finding customers, and of what is known before the answer. */
import { en } from "./customers_portrait/en";
import { pl } from "./customers_portrait/pl";
import { ru } from "./customers_portrait/ru";
import { room } from "./room";

export const t = room({ en, ru, pl });
