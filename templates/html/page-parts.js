// What the pages have in common.

export const byId = id => document.getElementById(id)

export const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/** What the page shows, as it was worked out. */
export const readData = () => JSON.parse(byId('data').textContent)

/** Says which file the page is of. */
export const drawFile = name => {
  byId('file').textContent = name
  byId('file').title = name
}

/** The words of a search, each of which has to be found. */
export const wordsOf = text => text.toLowerCase().split(/\s+/).filter(Boolean)

const isDark = () =>
  (document.documentElement.dataset.theme ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'

/** The button that goes from light to dark and back; `changed` is told. */
export const drawTheme = (changed = () => undefined) => {
  const show = () => {
    byId('theme').textContent = isDark() ? 'Light' : 'Dark'
    changed()
  }
  byId('theme').addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'
    show()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show)
  show()
}
