import { hostname } from 'node:os'

/** This machine's name, as it stands in Falco's alerts. */
export const hostName = (): string => hostname()
