/** What breaks a rule of `.oxlintrc.jsonc`: a file, and what lint says of it. */
export interface Breach {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly says?: string;
}

/** Of rules that hold in all our TypeScript, the shortest source that breaks them. */
const EVERYWHERE: Record<string, string> = {
  eqeqeq: 'export const f = (a: number, b: number): boolean => a == b;',
  'no-array-constructor': 'export const a = new Array(1, 2, 3);',
  'no-console': 'console.log(1);\nexport {};',
  'no-unused-expressions': 'export const f = (a: boolean, g: () => number): void => { a && g(); };',
  'no-unused-vars': 'export const f = (_a: number): number => 1;',
  'no-useless-constructor': 'export class A { b = 1; constructor() {} }',
  'no-var': 'export var a = 1;',
  'prefer-const': 'let a = 1;\nexport const b = a;',
  'prefer-rest-params': 'export function f(): number { return arguments.length + Number(arguments[0]); }',
  'prefer-spread': 'export const f = (g: (...a: number[]) => void, a: number[]): void => { g.apply(undefined, a); };',
  'typescript/await-thenable': 'export async function f(): Promise<void> { await 1; }',
  'typescript/ban-ts-comment': '// @ts-expect-error short\nexport const a: number = "";',
  'typescript/consistent-type-imports': 'import { Stats } from "node:fs";\nexport type A = Stats;',
  'typescript/no-array-delete': 'export const f = (a: number[]): void => { delete a[0]; };',
  'typescript/no-base-to-string': 'export const f = (a: object): string => String(a);',
  'typescript/no-confusing-void-expression': 'export const f = (g: () => void) => [1].map(() => g());',
  'typescript/no-deprecated': '/** @deprecated */\nexport const old = 1;\nexport const a = old + 1;',
  'typescript/no-duplicate-enum-values': 'export enum A { one = 1, two = 1 }',
  'typescript/no-duplicate-type-constituents': 'export type A = 1 | 1;',
  'typescript/no-dynamic-delete': 'export const f = (a: Record<string, number>, b: string): void => { delete a[b]; };',
  'typescript/no-empty-object-type': 'export type A = {};',
  'typescript/no-explicit-any': 'export type A = any;',
  'typescript/no-extra-non-null-assertion': 'export const f = (a?: { b: number }): number => a!!.b;',
  'typescript/no-extraneous-class': 'export class A {}',
  'typescript/no-floating-promises': 'export const f = (g: () => Promise<void>): void => { g(); };',
  'typescript/no-for-in-array': 'export const f = (a: number[]): void => { for (const b in a) f([Number(b)]); };',
  'typescript/no-generated-empty-object-type': 'export type A = Pick<{ a: 1 }, never>;',
  'typescript/no-implied-eval': 'export const f = (): void => { setTimeout("1", 1); };',
  'typescript/no-invalid-void-type': 'export const f = (a: void): number => Number(a);',
  'typescript/no-meaningless-void-operator': 'export const f = (g: () => void): void => { void g(); };',
  'typescript/no-misused-new': 'export interface A { new (): A }',
  'typescript/no-misused-promises': 'export const f = (g: () => Promise<boolean>): void => { if (g()) f(g); };',
  'typescript/no-misused-spread': 'export const f = (a: Promise<{ b: 1 }>): object => ({ ...a });',
  'typescript/no-mixed-enums': 'export enum A { one = 1, two = "2" }',
  'typescript/no-namespace': 'export namespace A { export const b = 1; }',
  'typescript/no-non-null-asserted-nullish-coalescing': 'export const f = (a: { b?: number }): number => a.b! ?? 1;',
  'typescript/no-non-null-asserted-optional-chain': 'export const f = (a?: { b?: number }): number => a?.b!;',
  'typescript/no-non-null-assertion': 'export const f = (a?: { b: number }): number => a!.b;',
  'typescript/no-redundant-type-constituents': 'export type A = unknown | string;',
  'typescript/no-require-imports': 'export const a = require("node:fs") as object;',
  'typescript/no-this-alias': 'export class A { b = 1; c(): number { const self = this; return self.b; } }',
  'typescript/no-unnecessary-boolean-literal-compare': 'export const f = (a: boolean): boolean => a === true;',
  'typescript/no-unnecessary-condition': 'export const f = (a: string): string => a ?? "";',
  'typescript/no-unnecessary-template-expression': 'export const f = (a: string): string => `${a}`;',
  'typescript/no-unnecessary-type-arguments':
    'function g<T = number>(a: T): T { return a; }\nexport const b = g<number>(1);',
  'typescript/no-unnecessary-type-assertion': 'export const f = (a: string): string => a!;',
  'typescript/no-unnecessary-type-constraint': 'export const f = <T extends unknown>(a: T): T[] => [a, a];',
  'typescript/no-unnecessary-type-conversion': 'export const f = (a: string): string => String(a);',
  'typescript/no-unnecessary-type-parameters': 'export const f = <T>(a: T): void => { void a; };',
  'typescript/no-unsafe-argument': 'export const f = (a: string): string => f(JSON.parse(a));',
  'typescript/no-unsafe-assignment':
    'export const f = (a: string): number => { const b = JSON.parse(a); return Number(b); };',
  'typescript/no-unsafe-call': 'export const f = (a: string): void => { JSON.parse(a)(); };',
  'typescript/no-unsafe-declaration-merging': 'export interface A { b: 1 }\nexport class A { c = 1; }',
  'typescript/no-unsafe-enum-assignment': 'export enum A { one = 1, two = 2 }\nexport const a: A = 1;',
  'typescript/no-unsafe-enum-comparison': 'export enum A { one = 1 }\nexport const f = (a: A): boolean => a === 1;',
  'typescript/no-unsafe-function-type': 'export type A = Function;',
  'typescript/no-unsafe-member-access': 'export const f = (a: string): number => Number(JSON.parse(a).b);',
  'typescript/no-unsafe-return': 'export const f = (a: string) => JSON.parse(a);',
  'typescript/no-unsafe-unary-minus': 'export const f = (a: string): number => -a;',
  'typescript/no-useless-default-assignment':
    'export const f = (a: { b: number }): number => { const { b = 1 } = a; return b; };',
  'typescript/no-wrapper-object-types': 'export type A = String;',
  'typescript/only-throw-error': 'export const f = (): void => { throw ""; };',
  'typescript/prefer-as-const': 'export const a = "b" as "b";',
  'typescript/prefer-literal-enum-member': 'const b = 1;\nexport enum A { one = b }',
  'typescript/prefer-namespace-keyword': 'declare module a { const b: 1; }\nexport {};',
  'typescript/prefer-promise-reject-errors': 'export const f = (): Promise<void> => Promise.reject("");',
  'typescript/prefer-reduce-type-parameter':
    'export const f = (a: string[]): string[] => a.reduce((b, c) => [...b, c], [] as string[]);',
  'typescript/prefer-return-this-type': 'export class A { b = 1; c(): A { return this; } }',
  'typescript/related-getter-setter-pairs':
    'export class A { get b(): string { return ""; } set b(c: number) { void c; } }',
  'typescript/require-await': 'export async function f(): Promise<number> { return 1; }',
  'typescript/restrict-plus-operands': 'export const f = (a: number, b: string): string => a + b;',
  'typescript/restrict-template-expressions': 'export const f = (a: number): string => `${a}.`;',
  'typescript/return-await':
    'export async function f(g: () => Promise<number>): Promise<number> { try { return g(); } catch { return 1; } }',
  'typescript/switch-exhaustiveness-check':
    'export function f(a: 1 | 2): number { switch (a) { case 1: return 1; } return 2; }',
  'typescript/triple-slash-reference': '/// <reference path="./other.ts" />\nexport {};',
  'typescript/unbound-method':
    'class A { b = 1; c(): number { return this.b; } }\nconst { c } = new A();\nexport const d = c;',
  'typescript/unified-signatures':
    'export function f(a: number): void;\nexport function f(a: string): void;\nexport function f(a: unknown): void { void a; }',
  'typescript/use-unknown-in-catch-callback-variable':
    'export const f = (a: Promise<void>): Promise<void> => a.catch((b: Error) => { void b; });',
};

const HTML = '<div dangerouslySetInnerHTML={{ __html: "" }} />';
const UNNEEDED = 'export const a = document.title ?? "";';

/** Of rules that hold in some places only, or say why in our words. */
const SOMEWHERE: readonly (readonly [rule: string, file: string, text: string, says?: string])[] = [
  ['jest/no-restricted-jest-methods', 'libs/rpc/src/a.spec.ts', 'jest.mock("node:fs");', 'a port is missing'],
  ['jest/no-restricted-jest-methods', 'apps/console/src/a.spec.ts', 'jest.mock("react");', 'a port is missing'],
  ['react/no-danger', 'apps/console/src/html.tsx', `export const A = () => ${HTML};`],
  [
    'react/rules-of-hooks',
    'apps/console/src/hooks.tsx',
    'import { useState } from "react";\nexport function A({ b }: { readonly b: boolean }) { if (b) useState(1); return null; }',
  ],
  [
    'react/exhaustive-deps',
    'apps/console/src/effect.tsx',
    'import { useEffect } from "react";\nexport function A({ b }: { readonly b: () => void }) { useEffect(() => { b(); }, []); return null; }',
  ],
  ['no-restricted-globals', 'apps/console/src/buffer.ts', 'export const a = (): unknown => Buffer;', 'Buffer'],
  ['no-restricted-globals', 'apps/console/src/process.ts', 'export const a = (): unknown => process;', 'process'],
  [
    'no-restricted-globals',
    'apps/console/src/soon.tsx',
    'export const a = (): unknown => setImmediate;',
    'setImmediate',
  ],
  ['no-restricted-imports', 'apps/console/src/files.ts', 'export { join } from "node:path";', 'node:path'],
  ...['libs/serving/src', 'libs/clinical/src'].flatMap((folder) => [
    decision(folder, 'Date.now()', 'Time is an argument'),
    decision(folder, 'performance.now()', 'Time is an argument'),
    decision(folder, 'Math.random()', 'Chance is an argument'),
    decision(folder, 'process.env', 'Settings are arguments'),
    ...['setTimeout', 'setInterval', 'setImmediate', 'fetch'].map((name) => decision(folder, name, name)),
  ]),
  // Each file by its own tsconfig: only with the globals of a page does anybody know what `document.title` is.
  ['typescript/no-unnecessary-condition', 'apps/console/src/title.ts', UNNEEDED],
  ['typescript/no-unnecessary-condition', 'tests/browser/title.ts', UNNEEDED],
  ['typescript/no-floating-promises', 'apps/gateway/src/a.controller.ts', 'Promise.resolve();\nexport {};'],
  ['typescript/no-floating-promises', 'tests/a.spec.ts', 'Promise.resolve();\nexport {};'],
  ['typescript/no-floating-promises', 'bench/a.ts', 'Promise.resolve();\nexport {};'],
  ['typescript/no-floating-promises', 'deploy/grafana/src/a.ts', 'Promise.resolve();\nexport {};'],
  ['typescript/no-explicit-any', 'tools/docs/a.spec.ts', 'export type A = any;'],
];

function decision(folder: string, used: string, says: string): [string, string, string, string] {
  const rule = /\W/.test(used) ? 'no-restricted-properties' : 'no-restricted-globals';
  return [rule, `${folder}/${used.replace(/\W/g, '')}.ts`, `export const a = (): unknown => ${used};`, says];
}

export const BREACHES: readonly Breach[] = [
  ...Object.entries(EVERYWHERE).map(([rule, text]) => ({ rule, file: `libs/rpc/src/${rule}.ts`, text })),
  ...SOMEWHERE.map(([rule, file, text, says = '']) => ({ rule, file, text, says })),
];

/** Where a rule does not hold, and what it lets be: a file, and what lint is silent about. */
export const NO_BREACHES: Record<string, string> = {
  'apps/console/src/node.spec.ts': 'import { join } from "node:path";\nexport const a = [join, Buffer, process];',
  'apps/console/src/testing/node.ts': 'import { join } from "node:path";\nexport const a = [join, Buffer, process];',
  'apps/gateway/src/types.controller.ts': 'import { Stats } from "node:fs";\nexport type A = Stats;',
  'apps/gateway/src/module.ts':
    'import { Module } from "@nestjs/common";\n@Module({})\nexport class A {}\nexport class B { static readonly c = 1; }',
  'libs/contracts/src/generated/a.ts': 'export type A = any;',
  'libs/serving/src/time.spec.ts': 'export const a = [Date.now(), Math.random(), setTimeout];',
  'tests/console.ts': 'export const f = (a?: number): void => { console.log(a!); };',
  'tools/docs/typeless.spec.ts': 'import * as a from "./nowhere.mjs";\nexport const b = a.c(1);',
};
