// Loads a program of dist, with what V8 compiled of it before where that was this very V8.
const { existsSync, readFileSync, statSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const at = name => join(__dirname, '../dist', name)

const compiledFile = name => at(`${name}.${process.version}-${process.platform}-${process.arch}.v8`)

const scriptOf = name => {
  const filename = at(`${name}.cjs`)
  const compiled = compiledFile(name)
  // V8 tells a program from another by its length alone
  const isOfIt = existsSync(compiled) && statSync(compiled).mtimeMs >= statSync(filename).mtimeMs
  const cachedData = isOfIt ? readFileSync(compiled) : undefined
  const code = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`
  return new Script(code, { filename, cachedData })
}

const start = (script, name) => {
  const module = { exports: {} }
  script.runInThisContext()(module.exports, require, module, at(`${name}.cjs`), at('.'))
  return module.exports
}

/** What a program exports. */
exports.load = name => start(scriptOf(name), name)

/** Keeps what V8 compiled of a program while `use` ran it. */
exports.compile = async (name, use) => {
  const script = scriptOf(name)
  await use(start(script, name))
  writeFileSync(compiledFile(name), script.createCachedData())
}
