import { type CorpusFile, corpusOf } from '../fixtures/manifest/corpus.ts'

/** Real workloads and API server manifests from the collection beside the project; where there is none, the test says so. */
export const realWorkloads = (t: { comment: (message: string) => void }): CorpusFile[] => {
  const files = corpusOf(['workload', 'apiserver'])
  if (files.length === 0) t.comment('SKIPPED: no directory ../shared/corpus')
  return files
}
