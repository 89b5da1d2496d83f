/** The audit levels from the least to the most that they record. */
export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
/** How much of a request is recorded. */
export type Level = (typeof LEVELS)[number]

/** The stages of a request at which an event may be written, in the order in which they come. */
export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
/** When in the life of a request an event is written. */
export type Stage = (typeof STAGES)[number]

/** True for the exact name of a level; the API server tells upper and lower case apart. */
export const isLevel = (text: string): text is Level => LEVELS.some(level => level === text)

/** True for the exact name of a stage. */
export const isStage = (text: string): text is Stage => STAGES.some(stage => stage === text)

/** The stages of several lists, each once and in stage order. */
export const unionStages = (...lists: readonly (readonly Stage[])[]): Stage[] =>
  STAGES.filter(stage => lists.some(list => list.includes(stage)))
