import { recordAt, stringAt, type Unknown } from '../text/guard.ts'

/** In whose name the request of an event was sent by its user; undefined where nobody was impersonated. */
export const impersonatedName = (event: Unknown): string | undefined =>
  stringAt(recordAt(event, 'impersonatedUser'), 'username')
