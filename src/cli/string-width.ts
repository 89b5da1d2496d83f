/** The columns that a text takes on a terminal, for the ASCII texts of our own help: takes string-width's place in the bundle. */
const stringWidth = (text: string): number => [...text].length

export default stringWidth
