import { sha256 } from '../../sha256.ts'

/** A UUID that comes of a text. */
export const uuid = (of: string): string => {
  const hex = sha256(of)
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
