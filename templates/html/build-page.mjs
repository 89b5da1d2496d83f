// Puts the pages together from their parts: for the build, and for the test that what was built is up to date.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The pages: a directory of templates/html each, and what is made of it. A page that holds packages is made small. */
export const PAGES = [
  {
    name: 'policy-map',
    file: 'src/render/policy-map-page.generated.ts',
    constant: 'POLICY_MAP_PAGE',
    about: 'The page that shows a policy as a map.'
  },
  {
    name: 'log-summary',
    file: 'src/render/log-summary-page.generated.ts',
    constant: 'LOG_SUMMARY_PAGE',
    about: 'The page that shows what a log says in sum.',
    hasPackages: true
  }
]

/**
 * A page with holes, its styles and its script; `inputs` are the files that came into it. What `licences` says of these goes
 * along with the packages among them.
 */
export const pageParts = async (build, root, { name, hasPackages = false }, licences) => {
  const place = 'templates/html'
  const bundle = (file, more) =>
    build({
      ...{ absWorkingDir: root, entryPoints: [`${place}/${name}/${file}`], bundle: true, charset: 'utf8', write: false },
      ...{ minify: hasPackages, legalComments: 'none', metafile: true },
      ...more
    })
  const [script, style] = [await bundle('start.js', { format: 'esm' }), await bundle('style.css', {})]
  const inputs = [script, style].flatMap(({ metafile }) => Object.keys(metafile.inputs))
  const read = file => readFileSync(join(root, place, file), 'utf8')
  return {
    page: read('page.html').replace('{{body}}\n', () => read(`${name}/body.html`)),
    style: style.outputFiles[0].text,
    script: `${hasPackages ? `/*!\n${licences(inputs)}*/\n` : ''}${script.outputFiles[0].text}`,
    inputs
  }
}
