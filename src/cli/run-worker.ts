import { work } from '../pool/worker.ts'

work()
