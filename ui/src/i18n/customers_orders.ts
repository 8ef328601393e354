/** Words of orders, imports and keys of programs, in three languages beside this file. */
import { en } from "./customers_orders/en";
import { pl } from "./customers_orders/pl";
import { ru } from "./customers_orders/ru";
import { room } from "./room";

export const t = room({ en, ru, pl });
