import type { Command } from '../command.ts'

export const drillExam: Command = {
  name: 'drill exam',
  usage: '',
  summary: 'Several drills against the clock; the results come at the end',
  details:
    'Begins an exam, shows one that runs, and hands it in with --end or when its time is over. Tasks weigh by their points; 67 % passes, as in the CKS exam. What is changed after the end counts nothing. Once it is handed in, --end shows the sheet again.',
  options: ['n', 'minutes', 'seed', 'dir', 'end'],
  positionals: 0,
  examples: [
    ['$0 drill exam', 'six tasks in thirty minutes, in ./exam'],
    ['$0 drill exam --n 3 --minutes 15 --seed 7', 'the same three for everyone in a class'],
    ['$0 drill exam --end', 'hand in, and see the sheet; the exit code is 1 below the pass mark']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/take-exam.ts')).takeExam(args, io)
}
