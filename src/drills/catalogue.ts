import { a01 } from './catalogue/a01.ts'
import { a02 } from './catalogue/a02.ts'
import { a03 } from './catalogue/a03.ts'
import { a04 } from './catalogue/a04.ts'
import { a05 } from './catalogue/a05.ts'
import { a06 } from './catalogue/a06.ts'
import { a07 } from './catalogue/a07.ts'
import { a08 } from './catalogue/a08.ts'
import { b01 } from './catalogue/b01.ts'
import { b02 } from './catalogue/b02.ts'
import { b03 } from './catalogue/b03.ts'
import { b04 } from './catalogue/b04.ts'
import { b05 } from './catalogue/b05.ts'
import { b06 } from './catalogue/b06.ts'
import { b07 } from './catalogue/b07.ts'
import { b08 } from './catalogue/b08.ts'
import { b09 } from './catalogue/b09.ts'
import { b10 } from './catalogue/b10.ts'
import { c01 } from './catalogue/c01.ts'
import { c02 } from './catalogue/c02.ts'
import { c03 } from './catalogue/c03.ts'
import { c04 } from './catalogue/c04.ts'
import { c05 } from './catalogue/c05.ts'
import { c06 } from './catalogue/c06.ts'
import { c07 } from './catalogue/c07.ts'
import { c08 } from './catalogue/c08.ts'
import { c09 } from './catalogue/c09.ts'
import { c10 } from './catalogue/c10.ts'
import { c11 } from './catalogue/c11.ts'
import { c12 } from './catalogue/c12.ts'
import { c14 } from './catalogue/c14.ts'
import { d01 } from './catalogue/d01.ts'
import { d02 } from './catalogue/d02.ts'
import { e01 } from './catalogue/e01.ts'
import { e02 } from './catalogue/e02.ts'
import { f01 } from './catalogue/f01.ts'
import { f02 } from './catalogue/f02.ts'
import { f03 } from './catalogue/f03.ts'
import { g01 } from './catalogue/g01.ts'
import { g02 } from './catalogue/g02.ts'
import { g03 } from './catalogue/g03.ts'
import { g04 } from './catalogue/g04.ts'
import { g05 } from './catalogue/g05.ts'
import { h01 } from './catalogue/h01.ts'
import { h02 } from './catalogue/h02.ts'
import { h03 } from './catalogue/h03.ts'
import { h04 } from './catalogue/h04.ts'
import type { Drill } from './drill.ts'

/** Every drill, in the order in which they are best practised. */
export const DRILLS: readonly Drill[] = [
  a01,
  a02,
  a03,
  a04,
  a05,
  a06,
  a07,
  a08,
  b01,
  b02,
  b03,
  b04,
  b05,
  b06,
  b07,
  b08,
  b09,
  b10,
  c01,
  c02,
  c03,
  c04,
  c05,
  c06,
  c07,
  c08,
  c09,
  c10,
  c11,
  c12,
  c14,
  d01,
  d02,
  e01,
  e02,
  f01,
  f02,
  f03,
  g01,
  g02,
  g03,
  g04,
  g05,
  h01,
  h02,
  h03,
  h04
]
