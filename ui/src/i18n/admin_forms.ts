/** Words of the forms of the administration: fields, hints, faults. */
import { doors } from "./admin_forms_doors";
import { people } from "./admin_forms_people";
import { room } from "./room";

export const t = room({
  en: { ...people.en, ...doors.en },
  ru: { ...people.ru, ...doors.ru },
  pl: { ...people.pl, ...doors.pl },
});
