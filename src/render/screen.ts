import type { Paint } from './paint.ts'

/** What is printed on. */
export interface Screen {
  readonly paint: Paint
  /** How many characters a line has; longer text is broken. */
  readonly width: number
  /** What is too long for its place is cut. What stands in a file or is read by a program never is. */
  readonly isCut: boolean
}

/** So much room, or any where nothing is cut. */
export const roomOn = ({ isCut }: Screen, room: number): number => (isCut ? room : Infinity)
