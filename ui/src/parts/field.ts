/** What a Field hands to the control inside it, so that label, hint and fault belong to it. */
export interface FieldProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": "true" | undefined;
}
