/** What is being looked for, from Ctrl K to the page: names and words of people never stand in the address. */
class Looking {
  /** A customer's name, address or number. */
  text = $state("");
  /** Words of a message. */
  words = $state("");
}

export const looking = new Looking();
