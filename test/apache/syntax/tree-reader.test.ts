// Files to a tree: sections, conditions, includes, and what is wrong with them, told with its place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { TreeReader } from '#src/apache/syntax/tree-reader.js';
import { createEnvironment, MAIN_FILE, outline, printTree, readTree, refusalOf } from './read-tree.ts';

describe('a tree', () => {
  test('has directives and sections with their places, continued ones at their last line', () => {
    const file = MAIN_FILE;
    assert.deepEqual(readTree('Listen \\\n 80\n<Directory "/a b">\n  Options None\n</directory>\n'), [
      { kind: 'directive', name: 'Listen', text: '80', place: { file, line: 2 } },
      {
        kind: 'section',
        name: '<Directory',
        text: '"/a b">',
        place: { file, line: 3 },
        children: [{ kind: 'directive', name: 'Options', text: 'None', place: { file, line: 4 } }],
      },
    ]);
  });

  test('takes a comment behind a directive for arguments, and a bracket off any first word', () => {
    assert.deepEqual(outline(readTree('A b # c\n# d\nFoo> x\n>\n"Two words" y\n""\n')), [
      ['A', 'b # c'],
      ['Foo', 'x'],
      ['', ''],
      ['Two words', 'y'],
    ]);
  });

  test('is the same when it is printed and read again', () => {
    const name = fc.stringMatching(/^[A-Za-z<>#"'\\/ ]{1,8}$/);
    const text = fc.stringMatching(/^[a-z"'\\${}<> #]{0,12}$/);
    const line = fc.tuple(name, text).map(([first, rest]) => `${first} ${rest}`);
    const section = fc
      .tuple(fc.stringMatching(/^[A-Z][a-z]{0,4}$/), text, fc.array(line, { maxLength: 3 }))
      .map(([word, rest, inside]) => [`<${word} ${rest}>`, ...inside, `</${word}>`].join('\n'));
    fc.assert(
      fc.property(fc.array(fc.oneof(line, section), { maxLength: 6 }), (lines) => {
        let tree;
        try {
          tree = readTree(lines.join('\n'));
        } catch (error) {
          fc.pre(!(error instanceof ConfigurationRefused));
          throw error;
        }
        assert.deepEqual(outline(readTree(printTree(tree))), outline(tree));
      }),
      { numRuns: 300 },
    );
  });

  test('comes of any bytes, or a refusal with a place in the file', () => {
    const bits = ['<IfModule core.c>', '</IfModule>', '<IfDefine x>', '</IfDefine>', '<A>', '</A>', 'Define x y', '\\'];
    const piece = fc.oneof(fc.constantFrom(...bits, '${x}', '"', '\n', '\r\n', '\0'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('\n');
        try {
          readTree(text);
        } catch (error) {
          assert.ok(error instanceof ConfigurationRefused);
          assert.equal(error.place?.file, MAIN_FILE);
          assert.ok(error.place.line >= 1 && error.place.line <= text.split('\n').length + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a condition', () => {
  const holds: readonly (readonly [string, boolean])[] = [
    ['<IfModule core.c>', true],
    ['<IfModule http_module>', true],
    ['<IfModule CORE.C>', false],
    ['<IfModule "core.c" and more>', true],
    ['<IfModule !mod_php.c>', true],
    ['<IfModule !"core.c">', false],
    ['<IfModule "!mod_php.c">', false],
    ['<IfModule core.c>>', false],
    ['<IfDefine X>', false],
    ['<IfDefine !X>', true],
    ['<IfFile conf.d/a.conf>', true],
    ['<IfFile /etc/conf.d>', true],
    ['<IfFile nothing>', false],
    ['<IfDirective Known>', true],
    ['<IfDirective Other>', false],
    ['<IfSection Part>', true],
    ['<IfSection Known>', false],
    ['<IfVersion >= 2.4>', true],
    ['<IfVersion !>= 2.4>', false],
    ['<IfVersion 2.4.71>', true],
    ['<IfVersion = 2>', false],
    ['<IfVersion < 2.4.100 >', true],
    ['<IfVersion ~ ^2\\.4>', true],
    ['<IfVersion = /^2\\.2/>', false],
  ];

  for (const [head, expected] of holds) {
    test(`${head} ${expected ? 'lets its content in' : 'keeps its content out'}`, () => {
      const end = `</${/^<(\w+)/.exec(head)?.[1]}>`;
      const tree = readTree(`${head}\nInside\n${end}\nOutside\n`, {
        files: { '/etc/conf.d/a.conf': '' },
        directives: ['Known', '<Part'],
      });
      assert.deepEqual(outline(tree), [...(expected ? [['Inside', '']] : []), ['Outside', '']]);
    });
  }

  test('that does not hold hides what is in it: nothing is expanded, defined or known', () => {
    const { environment, warnings } = createEnvironment();
    const text = '<IfModule no.c>\n<Foo>\nDefine X\n${NOPE}\n</Foo>\nInclude nothing\n</IfModule>\nA\n';
    assert.deepEqual(outline(new TreeReader(environment).readText(text, MAIN_FILE)), [['A', '']]);
    assert.deepEqual(warnings, []);
    assert.equal(environment.process.defines.has('X'), false);
  });

  test('sees what stands before it, and not what stands behind it', () => {
    const text =
      '<IfModule a_module>\nA\n</IfModule>\nLoadModule a_module nowhere.so\n<IfModule mod_a.c>\nB\n</IfModule>\n';
    assert.deepEqual(outline(readTree(text)), [['B', '']]);
  });

  test('needs its end tag only where it does not hold', () => {
    assert.deepEqual(outline(readTree('<IfModule core.c>\nA')), [['A', '']]);
    assert.equal(refusalOf('<IfModule no.c>\nA').message, 'Expected </IfModule> before end of configuration');
  });
});

describe('an included file', () => {
  const files = {
    '/etc/one.conf': 'One ${X}\n',
    '/etc/d/b.conf': 'B\n',
    '/etc/d/a.conf': 'A\n',
    '/etc/d/.hidden.conf': 'Hidden\n',
    '/etc/d/sub/c.conf': 'C\n',
    '/etc/e/b.conf': 'E\n',
    '/etc/bad.conf': '\n</Directory>\n',
    '/etc/chain.conf': 'Include bad.conf\n',
    '/etc/loop.conf': 'Include loop.conf\n',
    '/etc/half.conf': '<Directory />\n',
  };

  test('stands in the place of Include, in the sections around it', () => {
    const tree = readTree('Define X y\n<Part>\nInclude one.conf\n</Part>\n', { files });
    assert.deepEqual(outline(tree), [['<Part', '>', [['One', 'y']]]]);
  });

  test('may be many: folders with all in them, wildcards without hidden names, in the order of their bytes', () => {
    const names = (text: string): unknown[] => outline(readTree(text, { files })).map((node) => (node as string[])[0]);
    assert.deepEqual(names('Include d\n'), ['Hidden', 'A', 'B', 'C']);
    assert.deepEqual(names('Include d/*.conf\n'), ['A', 'B']);
    assert.deepEqual(names('Include /etc/?/[b]*.conf\n'), ['B', 'E']);
    assert.deepEqual(names('IncludeOptional nothing\n'), []);
    assert.deepEqual(names('IncludeOptional no/*/x\n'), []);
  });

  test('that is not there refuses the configuration, with the words of Apache', () => {
    assert.equal(
      refusalOf('Include nothing.conf', { files }).message,
      'Could not open configuration file /etc/nothing.conf: No such file or directory',
    );
    assert.equal(
      refusalOf('Include d/*.x', { files }).message,
      "Include/IncludeOptional: No matches for the wildcard '*.x' in '/etc/d', failing",
    );
  });

  test('with a mistake is named with its line, and so is whoever included it', () => {
    const refusal = refusalOf('\nInclude chain.conf', { files });
    assert.deepEqual(refusal.place, { file: MAIN_FILE, line: 2 });
    assert.equal(
      refusal.message,
      'Syntax error on line 1 of /etc/chain.conf: Syntax error on line 2 of /etc/bad.conf: </Directory> without matching <Directory> section',
    );
  });

  test('closes what it opens', () => {
    const { message } = refusalOf('Include half.conf\n</Directory>', { files });
    assert.equal(message, 'Syntax error on line 1 of /etc/half.conf: /etc/half.conf:1: <Directory> was not closed.');
  });

  test('cannot include itself for ever', () => {
    const { message } = refusalOf('Include loop.conf', { files });
    assert.equal(message.split('Syntax error').length, 129);
    assert.match(message, /: Exceeded maximum include depth of 128, There appears to be a recursion\.$/);
  });
});

describe('a limit on what is read', () => {
  test('on sections within each other holds for conditions and through files, and names itself', () => {
    const nested = (count: number): string => '<A>\n'.repeat(count) + '</A>\n'.repeat(count);
    assert.equal(readTree(nested(128)).length, 1);
    assert.equal(refusalOf(nested(129)).message, 'more than 128 sections within each other (maxSectionDepth)');
    assert.match(refusalOf('<IfModule core.c>\n'.repeat(129)).message, /maxSectionDepth/);
    const files = { '/etc/in.conf': nested(10) };
    assert.match(refusalOf(`${'<A>\n'.repeat(120)}Include in.conf`, { files }).message, /maxSectionDepth/);
  });

  test('on files and their bytes names itself', () => {
    const files = { '/etc/a': 'A 1234\n', '/etc/b': 'B\n' };
    const limited = (limits: object): string =>
      refusalOf('Include a\nInclude b\nInclude a\n', { files, limits }).message;
    assert.equal(limited({ maxFiles: 1 }), 'more than 1 files are included (maxFiles)');
    assert.equal(limited({ maxFileBytes: 6 }), '/etc/a has more than 6 bytes (maxFileBytes)');
    assert.equal(limited({ maxTotalBytes: 15 }), 'all files have more than 15 bytes together (maxTotalBytes)');
    assert.equal(
      outline(readTree('Include a\nInclude b\n', { files, limits: { maxFiles: 2, maxFileBytes: 7, maxTotalBytes: 9 } }))
        .length,
      2,
    );
  });

  test('on a line names the line', () => {
    const refusal = refusalOf(`A\n${'b'.repeat(100)}\n`, { limits: { maxLineBytes: 100 } });
    assert.equal(refusal.message, `Error reading ${MAIN_FILE} at line 2: Line too long`);
  });
});
