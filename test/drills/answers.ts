import type { Answers } from './answer.ts'
import { a01 } from './answers/a01.ts'
import { a02 } from './answers/a02.ts'
import { a03 } from './answers/a03.ts'
import { a04 } from './answers/a04.ts'
import { a05 } from './answers/a05.ts'
import { a06 } from './answers/a06.ts'
import { a07 } from './answers/a07.ts'
import { a08 } from './answers/a08.ts'
import { b01 } from './answers/b01.ts'
import { b02 } from './answers/b02.ts'
import { b03 } from './answers/b03.ts'
import { b04 } from './answers/b04.ts'
import { b05 } from './answers/b05.ts'
import { b06 } from './answers/b06.ts'
import { b07 } from './answers/b07.ts'
import { b08 } from './answers/b08.ts'
import { b09 } from './answers/b09.ts'
import { b10 } from './answers/b10.ts'
import { c01 } from './answers/c01.ts'
import { c02 } from './answers/c02.ts'
import { c03 } from './answers/c03.ts'
import { c04 } from './answers/c04.ts'
import { c05 } from './answers/c05.ts'
import { c06 } from './answers/c06.ts'
import { c07 } from './answers/c07.ts'
import { c08 } from './answers/c08.ts'
import { c09 } from './answers/c09.ts'
import { c10 } from './answers/c10.ts'
import { c11 } from './answers/c11.ts'
import { c12 } from './answers/c12.ts'
import { c14 } from './answers/c14.ts'
import { d01 } from './answers/d01.ts'
import { d02 } from './answers/d02.ts'
import { e01 } from './answers/e01.ts'
import { e02 } from './answers/e02.ts'
import { f01 } from './answers/f01.ts'
import { f02 } from './answers/f02.ts'
import { f03 } from './answers/f03.ts'
import { g01 } from './answers/g01.ts'
import { g02 } from './answers/g02.ts'
import { g03 } from './answers/g03.ts'
import { g04 } from './answers/g04.ts'
import { g05 } from './answers/g05.ts'
import { h01 } from './answers/h01.ts'
import { h02 } from './answers/h02.ts'
import { h03 } from './answers/h03.ts'
import { h04 } from './answers/h04.ts'

/** Answers to every drill, right and wrong. */
export const ANSWERS: Readonly<Record<string, Answers>> = {
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
}
