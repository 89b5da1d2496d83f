/** A volume name that is not taken: the wished one, else with a number behind. */
export const freeName = (wished: string, isTaken: (name: string) => boolean): string => {
  let name = wished
  for (let number = 2; isTaken(name); number++) name = `${wished}-${number}`
  return name
}
