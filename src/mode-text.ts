/** Permission bits as people write them: `0644`. */
export const modeText = (mode: number): string => mode.toString(8).padStart(4, '0')
