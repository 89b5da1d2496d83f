// Puts a page together from its parts: for the build, and for the test that what was built is up to date.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The page of a directory of templates/html with its styles and its script; `inputs` are the files that came into it. One
 * that holds packages is made small, and what `licences` says of these files goes along with them.
 */
export const pageParts = async (build, root, name, licences) => {
  const hasPackages = licences !== undefined
  const place = `templates/html/${name}`
  const bundle = (file, more) =>
    build({
      ...{ absWorkingDir: root, entryPoints: [`${place}/${file}`], bundle: true, charset: 'utf8', write: false },
      ...{ minify: hasPackages, legalComments: 'none', metafile: true },
      ...more
    })
  const { outputFiles, metafile } = await bundle('start.js', { format: 'esm' })
  const inputs = Object.keys(metafile.inputs)
  const read = file => readFileSync(join(root, place, file), 'utf8')
  return {
    page: read('page.html'),
    style: hasPackages ? (await bundle('style.css', {})).outputFiles[0].text : read('style.css'),
    script: `${hasPackages ? `/*!\n${licences(inputs)}*/\n` : ''}${outputFiles[0].text}`,
    inputs
  }
}
