// What a request meets on its way to a file. Cases with marks are what httpd 2.4.71 did with `Header append` in their place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { walkDirectories } from '#src/apache/request/directory-walk.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';
import { WalkSite } from './walk-site.js';

const FILES = {
  '/www/f.html': 'f',
  '/www/d/g.html': 'g',
  '/www/a/b/f.html': 'f',
  '/www/a/b/index.html': 'i',
  '/www/.htaccess': 'Mark www',
  '/www/a/.htaccess': 'Mark a',
};

const OPEN = '<Directory /www>\nAllowOverride All\nMark D\n</Directory>\n';

describe('the order of <Directory>', () => {
  const config = `
    <Directory "/srv/s/one/www/*">\nMark star\n</Directory>
    <Directory "/srv/s/one/www/d">\nMark d\n</Directory>
    <Directory "/srv/s/one/w?w">\nMark q\n</Directory>
    <Directory "/srv/s/one/[a-z]ww/">\nMark cls\n</Directory>
    <Directory "/srv/s/one/[!a]ww/">\nMark neg\n</Directory>
    <Directory "/*">\nMark /*\n</Directory>
    <Directory "/*/*/*/*">\nMark 4\n</Directory>
    <Directory "*">\nMark bare*\n</Directory>
    <Directory "">\nMark empty\n</Directory>
    <Directory "one">\nMark rel\n</Directory>
    <Directory "/srv/s/one/www/../www/d/.">\nMark dotted\n</Directory>
    <Directory "/srv/s/one//www//d">\nMark slashes\n</Directory>
    <Directory "/">\nMark root\n</Directory>
    <Directory ~ "^/srv/s/one/www/(?<seg>[^/]+)">\nMark seg\n</Directory>
    <Files "?.html">\nMark ?\n</Files>
    <Files "[fh].html">\nMark [fh]\n</Files>
    <FilesMatch "\\.HTML$">\nMark FM\n</FilesMatch>
    <FilesMatch "^(?<fn>.*)\\.(?<ext>[a-z]+)$">\nMark FX\n</FilesMatch>
    <Files "F.html">\nMark F\n</Files>
    <Files "f.*">\nMark f.*\n</Files>
    <Files ".*">\nMark dot*\n</Files>`;
  const files = new MemoryFileLookup({ '/srv/s/one/www/f.html': '', '/srv/s/one/www/d/g.html': '' });
  const site = new WalkSite(config, files);

  test('is by depth, then as it stands; regular expressions and <Files> come after', () => {
    const first = site.walk('/f.html', undefined, '/srv/s/one/www/f.html');
    assert.equal(first.marks, 'empty root /* bare* q cls neg 4 star seg ? [fh] FX f.*');
    const second = site.walk('/d/g.html', undefined, '/srv/s/one/www/d/g.html');
    assert.equal(second.marks, 'empty root /* bare* q cls neg 4 star d dotted slashes seg ? FX');
  });

  test('gives named groups of expressions as variables', () => {
    assert.deepEqual(site.walk('/f.html', undefined, '/srv/s/one/www/f.html').env, {
      MATCH_SEG: 'f.html',
      MATCH_FN: 'f',
      MATCH_EXT: 'html',
    });
  });

  test('does not depend on the order of lines of different depth', () => {
    const folders = ['/', '/srv', '/srv/s', '/srv/s/one', '/srv/s/one/www', '/srv/s/one/www/d', '/none', '/srv/x'];
    const sections = folders.map((folder) => `<Directory ${folder}>\nMark ${folder}\n</Directory>`);
    fc.assert(
      fc.property(fc.shuffledSubarray(sections, { minLength: sections.length }), (lines) => {
        const shuffled = new WalkSite(lines.join('\n'), files);
        const found = shuffled.walk('/d/g.html', undefined, '/srv/s/one/www/d/g.html').marks;
        assert.equal(found, '/ /srv /srv/s /srv/s/one /srv/s/one/www /srv/s/one/www/d');
      }),
    );
  });

  test('is that of the lines for sections of one depth', () => {
    const forms = ['/www/d', '/www/*', '/*/d', '/www/?', '/www/d/', '"/www/[d]"'];
    fc.assert(
      fc.property(fc.shuffledSubarray(forms, { minLength: 1 }), (order) => {
        const lines = order.map((form) => `<Directory ${form}>\nMark ${form}\n</Directory>`);
        const shuffled = new WalkSite(lines.join('\n'), new MemoryFileLookup(FILES));
        assert.equal(shuffled.walk('/d/g.html').marks, order.join(' ').replaceAll('"', ''));
      }),
    );
  });
});

describe('a file', () => {
  const config = `${OPEN}
    <Directory /www/a/b/f.html>\nMark dirfile\n</Directory>
    <Directory /www/a/b>\nMark dirab\n</Directory>
    <DirectoryMatch "f\\.html$">\nMark rx-f\n</DirectoryMatch>
    <DirectoryMatch "a/b/$">\nMark rx-ab/\n</DirectoryMatch>
    <DirectoryMatch "a/b$">\nMark rx-ab\n</DirectoryMatch>
    <Files "">\nMark files-empty\n</Files>
    <Files "*">\nMark files-star\n</Files>
    <Files b>\nMark files-b\n</Files>`;
  const site = new WalkSite(config, new MemoryFileLookup(FILES));

  test('counts as a folder of <Directory> where links may be followed', () => {
    assert.equal(site.walk('/a/b/f.html').marks, 'D www a dirab dirfile rx-f files-star');
  });

  test('does not where somebody has to look for links', () => {
    const strict = new WalkSite(`${config}\n<Directory />\nOptions None\n</Directory>`, new MemoryFileLookup(FILES));
    assert.equal(strict.walk('/a/b/f.html').marks, 'D www a dirab rx-f files-star');
  });

  test('may have path information behind it', () => {
    const walked = site.walk('/a/b/f.html/x/y');
    assert.deepEqual([walked.filename, walked.pathInfo, walked.kind], ['/www/a/b/f.html', '/x/y', 'file']);
    const slash = site.walk('/a/b/f.html/');
    assert.deepEqual([slash.filename, slash.pathInfo, slash.kind], ['/www/a/b/f.html', '/', 'file']);
  });

  test('that is not there ends where the folders end', () => {
    const walked = site.walk('/a/b/none/x/y');
    assert.deepEqual([walked.filename, walked.pathInfo, walked.kind], ['/www/a/b/none', '/x/y', undefined]);
    assert.equal(walked.marks, 'D www a dirab files-star');
  });

  test('has a name for <Files> though it is a folder', () => {
    const folder = site.walk('/a/b/');
    assert.deepEqual([folder.filename, folder.pathInfo, folder.kind], ['/www/a/b/', '', 'folder']);
    assert.equal(folder.marks, 'D www a dirab rx-ab/ files-empty files-star');
    const open = site.walk('/a/b');
    assert.deepEqual([open.filename, open.pathInfo, open.kind], ['/www/a/b', '', 'folder']);
    assert.equal(open.marks, 'D www a dirab rx-ab files-star files-b');
  });
});

describe('sections of several kinds', () => {
  const config = `
    Mark server
    <Files f.html>\nMark F\n<Files *.html>\nMark F.F\n</Files>\n</Files>
    <Location />\nMark L/\n</Location>
    <Directory /www>\nAllowOverride All\nMark D\n<Files f.html>\nMark D.F\n</Files>\n</Directory>
    <VirtualHost *:80>
      ServerName v
      Mark vserver
      <Files f.html>\nMark vF\n</Files>
      <Directory /www>\nMark vD\n</Directory>
      <Location />\nMark vL\n</Location>
    </VirtualHost>`;
  const files = new MemoryFileLookup({
    '/www/f.html': '',
    '/www/g.html': '',
    '/www/s/f.html': '',
    '/www/s/.htaccess': 'Mark ht\n<Files *.html>\nMark htF\n</Files>',
  });
  const site = new WalkSite(config, files);

  test('are merged as Apache does: host, folders, files, locations, those of the main server before those of the host', () => {
    const host = site.hosts[1]!;
    assert.equal(site.walk('/f.html', host).marks, 'server vserver D vD F vF D.F L/ vL');
    assert.equal(site.walk('/g.html', host).marks, 'server vserver D vD L/ vL');
    assert.equal(site.walk('/s/f.html', host).marks, 'server vserver D vD ht F vF D.F htF L/ vL');
    assert.equal(site.walk('/f.html').marks, 'server D F D.F L/');
  });
});

describe('<Location>', () => {
  const config = `
    <Location /s>\nMark s\n</Location>
    <Location /s/>\nMark s/\n</Location>
    <Location /f*>\nMark f*\n</Location>
    <Location /*>\nMark /*\n</Location>
    <Location s>\nMark rel\n</Location>
    <Location "">\nMark empty\n</Location>
    <Location //s>\nMark //s\n</Location>
    <LocationMatch "^/s/(?<rest>.*)">\nMark LM\n</LocationMatch>
    <LocationMatch "//">\nMark LM//\n</LocationMatch>
    <Location ~ "S">\nMark S\n</Location>
    <Location /a%20b>\nMark pc\n</Location>
    <Location "/a b">\nMark sp\n</Location>`;
  const site = new WalkSite(config, new MemoryFileLookup(FILES));

  test('is a path and what is below it, a wildcard of all of it, or an expression', () => {
    assert.equal(site.walk('/s/f.html').marks, 's s/ empty LM');
    assert.equal(site.walk('/s/f.html').env['MATCH_REST'], 'f.html');
    assert.equal(site.walk('/s').marks, 's /* empty');
    assert.equal(site.walk('/f.html').marks, 'f* /* empty');
    assert.equal(site.walk('/sx/f.html').marks, 'empty');
    assert.equal(site.walk('/a b/f.html').marks, 'empty sp');
  });

  test('takes slashes side by side for one, expressions do not', () => {
    assert.equal(site.walk('/s//f.html').marks, 's s/ empty LM LM//');
    assert.equal(site.walk('/s//f.html').env['MATCH_REST'], '/f.html');
  });
});

describe('.htaccess', () => {
  test('is read from the highest folder that AllowOverride opens, and never above it', () => {
    const segment = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(segment, { minLength: 1, maxLength: 5 });
    const depth = fc.nat({ max: 5 });
    fc.assert(
      fc.property(path, depth, depth, fc.boolean(), (segments, opened, closed, follow) => {
        const folder = (levels: number) => `/${segments.slice(0, levels).join('/')}`;
        const contents: Record<string, string> = { [`${folder(segments.length)}/f.html`]: 'x' };
        for (let level = 0; level <= segments.length; level += 1) {
          contents[`${folder(level) === '/' ? '' : folder(level)}/.htaccess`] = `Mark ${level}`;
        }
        const files = new MemoryFileLookup(contents);
        const config = `
          <Directory ${folder(opened)}>\nAllowOverride All\n</Directory>
          <Directory ${folder(closed)}>\nAllowOverride None\n</Directory>
          <Directory />\nOptions ${follow ? 'FollowSymLinks' : 'None'}\n</Directory>`;
        const name = `${folder(segments.length)}/f.html`;
        const walked = new WalkSite(config, files).walk(name, undefined, name);
        const top = Math.min(opened, segments.length);
        const end = Math.min(closed, segments.length);
        const expected: number[] = [];
        for (let level = 0; level <= segments.length; level += 1) {
          if (level >= top && (end <= top || level < end) && top !== end) expected.push(level);
        }
        assert.equal(walked.marks, expected.join(' '));
        const read = files.asked.filter((asked) => asked.includes('.htaccess'));
        const names = expected.map((level) => `${folder(level) === '/' ? '' : folder(level)}/.htaccess`);
        assert.deepEqual([...new Set(read.map((asked) => asked.split(' ')[1]))], names);
      }),
    );
  });

  test('may open and close itself no folder', () => {
    const files = new MemoryFileLookup({ '/www/.htaccess': 'AllowOverride None', '/www/f': '' });
    const site = new WalkSite(OPEN, files);
    const walked = site.walk('/f');
    assert.deepEqual([walked.status, walked.marks], [500, '']);
    assert.deepEqual(site.log, ['alert /www/.htaccess: AllowOverride not allowed here']);
  });

  test('with an error closes its folder and all below, with the configuration of the host alone', () => {
    const files = new MemoryFileLookup({ '/www/x/.htaccess': 'Nonsense on', '/www/x/y/f': '', '/www/f': '' });
    const site = new WalkSite(`Mark server\n${OPEN}`, files);
    for (const path of ['/x/y/f', '/x/', '/x/y/none', '/x/y/f']) {
      const walked = site.walk(path);
      assert.deepEqual([walked.status, walked.marks], [500, 'server'], path);
      assert.deepEqual(site.log, [
        "alert /www/x/.htaccess: Invalid command 'Nonsense', perhaps misspelled or defined by a module not included in the server configuration",
      ]);
    }
    assert.equal(site.walk('/f').status, 'ok');
  });

  test('cannot say what AllowOverride does not grant', () => {
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ['AllowOverride Options', 'Mark x', 'Mark not allowed here'],
      ['AllowOverride FileInfo', 'Options -Indexes', 'Options not allowed here'],
      ['AllowOverride Options', '<Limit GET>\n</Limit>', '<Limit not allowed here'],
      ['AllowOverride All', '<Directory />\n</Directory>', '<Directory not allowed here'],
      ['AllowOverride All', '<Location />\n</Location>', '<Location not allowed here'],
      ['AllowOverride All', '<DirectoryMatch />\n</DirectoryMatch>', '<DirectoryMatch not allowed here'],
      ['AllowOverride All', '<VirtualHost *>\n</VirtualHost>', '<VirtualHost not allowed here'],
      ['AllowOverride All', 'AccessFileName x', 'AccessFileName not allowed here'],
      ['AllowOverride All', 'AllowOverride All', 'AllowOverride not allowed here'],
      ['AllowOverride All', 'AllowOverrideList Mark', 'AllowOverrideList not allowed here'],
      ['AllowOverride All', 'DocumentRoot /', 'DocumentRoot not allowed here'],
      ['AllowOverrideList DocumentRoot', 'DocumentRoot /', 'DocumentRoot not allowed here'],
      ['AllowOverrideList Options', '<Files f>\nOptions None\n</Files>', '<Files not allowed here'],
      ['AllowOverride Options=Indexes', 'Options All', 'Option All not allowed here'],
      ['AllowOverride Options=Indexes', 'Options +FollowSymLinks', 'Option FollowSymLinks not allowed here'],
      ['AllowOverride Options=Indexes', 'Options -FollowSymLinks', 'Option FollowSymLinks not allowed here'],
      ['AllowOverride Options=Indexes Options=Includes', 'Options +Indexes', 'Option Indexes not allowed here'],
      ['AllowOverride Options', 'Options MultiViews', 'Option MultiViews not allowed here'],
      ['AllowOverride Options=All All', 'Options MultiViews', 'Option MultiViews not allowed here'],
      ['AllowOverride Options=IncludesNOEXEC', 'Options Includes', 'Option Includes not allowed here'],
      [
        'AllowOverride All',
        'Options Indexes +Includes',
        'Either all Options must start with + or -, or no Option may.',
      ],
      [
        'AllowOverride All',
        `<If "file('/etc/passwd') =~ /root/">\n</If>`,
        'Cannot parse condition clause: file not available in restricted context',
      ],
      [
        'AllowOverride All',
        `<If "filesize('/etc/passwd') -gt 1">\n</If>`,
        'Cannot parse condition clause: filesize not available in restricted context',
      ],
      ['AllowOverride All', '<Limit TRACE>\n</Limit>', 'TRACE cannot be controlled by <Limit>, see TraceEnable'],
      ['AllowOverride All', '<Files x>\nOptions Foo\n</Files>', 'Illegal option Foo'],
    ];
    for (const [grant, text, message] of cases) {
      // Something has to be granted for the file to be read at all.
      const more = grant.includes('List') ? '\nAllowOverride Nonfatal=Unknown' : '';
      const files = new MemoryFileLookup({ '/www/.htaccess': text, '/www/f': '' });
      const site = new WalkSite(`<Directory /www>\n${grant}${more}\n</Directory>`, files);
      assert.equal(site.walk('/f').status, 500, text);
      assert.deepEqual(site.log, [`alert /www/.htaccess: ${message}`]);
    }
  });

  test('may say what AllowOverride grants', () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ['AllowOverride Options=Indexes', 'Options None'],
      ['AllowOverride Options=Indexes', 'Options Indexes'],
      ['AllowOverride Options=Includes', 'Options IncludesNOEXEC'],
      ['AllowOverride Options=None,Indexes', 'Options Indexes'],
      ['AllowOverride Options=All,None', 'Options Indexes'],
      ['AllowOverride All', 'Options MultiViews SymLinksIfOwnerMatch'],
      ['AllowOverride None\nAllowOverrideList Options', 'Options +Includes'],
      ['AllowOverride Options\nAllowOverrideList None', 'Options -Indexes'],
      ['AllowOverride None\nAllowOverrideList options <files', '<Files f>\nOptions None\n</Files>'],
      ['AllowOverride None\nAllowOverrideList None', 'Nonsense that is not read'],
      ['AllowOverride Nonfatal=Override', 'Options -Indexes'],
      ['AllowOverride Nonfatal=All', 'Optionsx -Indexes'],
      ['AllowOverride All', `<If "false && (-f '/x' || -d '/x' || -e '/x' || -s '/x' || -L '/x' || -x '/x')">\n</If>`],
    ];
    for (const [grant, text] of cases) {
      const files = new MemoryFileLookup({ '/www/.htaccess': text, '/www/f': '' });
      const site = new WalkSite(`<Directory /www>\n${grant}\n</Directory>`, files);
      assert.equal(site.walk('/f').status, 'ok', `${grant} ${text} ${site.log.join()}`);
    }
  });

  test('warns of what Nonfatal lets pass, at each request', () => {
    const files = new MemoryFileLookup({ '/www/.htaccess': 'Options -Indexes', '/www/f': '' });
    const site = new WalkSite('<Directory /www>\nAllowOverride Nonfatal=Override\n</Directory>', files);
    for (let request = 0; request < 2; request += 1) {
      assert.equal(site.walk('/f').status, 'ok');
      assert.deepEqual(site.log, ['info AH02295: Options in .htaccess forbidden by AllowOverride']);
    }
  });

  test('tells once what its options ask of modules that perdura does not have', () => {
    const files = new MemoryFileLookup({
      '/www/.htaccess': 'Options +MultiViews -Includes\nOptions All',
      '/www/f': '',
    });
    const load = 'LoadModule negotiation_module x.so\nLoadModule include_module x.so\nLoadModule cgid_module x.so\n';
    const site = new WalkSite(`${load}<Directory /www>\nAllowOverride All\nOptions +ExecCGI\n</Directory>`, files);
    assert.deepEqual(site.warnings, [
      '/conf/httpd.conf:9: Options ExecCGI is without effect in perdura: no program is run',
    ]);
    const where = '/www/.htaccess:1: Options MultiViews';
    for (const expected of [[`warn ${where} is without effect in perdura: names without extension find no file`], []]) {
      site.walk('/f');
      assert.deepEqual(site.log, expected);
    }
    files.write('/www/.htaccess', 'Options MultiViews');
    site.walk('/f');
    assert.equal(site.log.length, 1);
    const without = new WalkSite('<Directory /www>\nOptions +MultiViews\n</Directory>', files);
    assert.deepEqual(without.warnings, []);
  });

  test('that cannot be read closes its folder', () => {
    const files = new MemoryFileLookup({
      '/www/u/.htaccess': '',
      '/www/u/f': '',
      '/www/n/.htaccess/x': '',
      '/www/n/f': '',
    });
    files.close('/www/u/.htaccess');
    files.write('/www/p/q/f', '');
    files.close('/www/p/q');
    const site = new WalkSite(OPEN, files);
    const uncheckable = (folder: string) =>
      `AH00529: ${folder}.htaccess pcfg_openfile: unable to check htaccess file, ensure it is readable and that '${folder}' is executable`;
    assert.equal(site.walk('/u/f').status, 403);
    assert.deepEqual(site.log, [`crit (13)Permission denied: ${uncheckable('/www/u/')}`]);
    assert.equal(site.walk('/p/q/f').status, 403);
    assert.deepEqual(site.log, [`crit (13)Permission denied: ${uncheckable('/www/p/q/')}`]);
    assert.equal(site.walk('/n/f').status, 403);
    assert.deepEqual(site.log, [
      'error AH00554: Access to file /www/n/.htaccess denied by server: not a regular file',
      `crit (9)Bad file descriptor: ${uncheckable('/www/n/')}`,
    ]);
  });

  test('has the first name of AccessFileName that is there', () => {
    const files = new MemoryFileLookup({
      '/www/.b': 'Mark b',
      '/www/.c': 'Mark c',
      '/www/.htaccess': 'Mark h',
      '/www/f': '',
    });
    assert.equal(new WalkSite(`${OPEN}AccessFileName .a .b .c`, files).walk('/f').marks, 'D b');
    assert.equal(new WalkSite(`${OPEN}AccessFileName`, files).walk('/f').marks, 'D');
    const hosts = new WalkSite(
      `AccessFileName .b\n${OPEN}<VirtualHost *:80>\nAccessFileName .c\n</VirtualHost>`,
      files,
    );
    assert.equal(hosts.walk('/f').marks, 'D b');
    assert.equal(hosts.walk('/f', hosts.hosts[1]).marks, 'D c');
  });

  test('may open links for what is below it, with the option granted', () => {
    const files = new MemoryFileLookup({ '/www/a/.htaccess': 'Options +FollowSymLinks', '/out/f': '' });
    files.link('/www/a/l', '/out');
    files.link('/www/l', '/out');
    const config = (grant: string) => `<Directory /www>\nOptions None\nAllowOverride ${grant}\n</Directory>`;
    assert.equal(new WalkSite(config('Options'), files).walk('/a/l/f').status, 'ok');
    assert.equal(new WalkSite(config('Options'), files).walk('/l/f').status, 403);
    assert.equal(new WalkSite(config('Options=Indexes'), files).walk('/a/l/f').status, 500);
    assert.equal(new WalkSite(config('None'), files).walk('/a/l/f').status, 403);
  });
});

describe('what was merged', () => {
  test('is kept: a known folder merges nothing anew, however it is asked for', () => {
    const site = new WalkSite(
      `${OPEN}<Files *.html>\nMark F\n</Files>\n<Location />\nMark L\n</Location>`,
      new MemoryFileLookup(FILES),
    );
    site.walk('/a/b/f.html');
    const { merges } = site;
    for (let request = 0; request < 3; request += 1) {
      assert.equal(site.walk('/a/b/f.html').marks, 'D www a F L');
      assert.equal(site.walk('/a/b/index.html').marks, 'D www a F L');
    }
    assert.equal(site.merges, merges);
  });

  test('is bounded: sections that meet in ever other ways still come out right', () => {
    const names = Array.from({ length: 8 }, (_, index) => String.fromCharCode(97 + index));
    const config = names.map((name) => `<FilesMatch ${name}>\nMark ${name}\n</FilesMatch>`).join('\n');
    const site = new WalkSite(config, new MemoryFileLookup({ '/www/x': '' }), undefined, 10);
    fc.assert(
      fc.property(fc.subarray(names), (some) => {
        assert.equal(site.walk(`/${some.toReversed().join('')}`).marks, some.join(' '));
      }),
    );
  });
});

describe('<If>, <ElseIf> and <Else>', () => {
  const walk = (config: string, files = new MemoryFileLookup(FILES)) =>
    new WalkSite(config, files).walk('/f.html').marks;

  test('hold in their order, each row until one of it has held', () => {
    const config = `
      <If "true">\nMark 1\n</If>
      <If "false">\nMark 2\n</If>
      <ElseIf "false">\nMark 2a\n</ElseIf>
      <Else>\nMark 2b\n</Else>
      <If "true">\nMark 3\n</If>
      <ElseIf "true">\nMark 3a\n</ElseIf>
      <Else>\nMark 3b\n</Else>
      <If "false">\nMark 4\n</If>
      <ElseIf "true">\nMark 4a\n</ElseIf>
      <ElseIf "true">\nMark 4b\n</ElseIf>
      <Else>\nMark 4c\n</Else>`;
    assert.equal(walk(config), '1 2b 3 4a');
  });

  test('are asked level by level', () => {
    const config = `
      <If "true">\nMark 1
        <If "true">\nMark 1.1\n<If "true">\nMark 1.1.1\n</If>\n</If>
        <If "false">\nMark 1.2\n</If>
        <Else>\nMark 1.2e\n</Else>
      </If>
      <If "true">\nMark 2\n<If "true">\nMark 2.1\n</If>\n</If>
      <ElseIf "true">\nMark 2e\n</ElseIf>
      <If "false">\nMark 3\n<If "true">\nMark 3.1\n</If>\n</If>
      <Else>\nMark 3e\n<If "false">\n</If>\n<Else>\nMark 3e.e\n</Else>\n</Else>`;
    assert.equal(walk(config), '1 2 3e 1.1 1.2e 2.1 3e.e 1.1.1');
  });

  test('come last, in the order in which the places around them are merged', () => {
    const config = `
      Mark server
      <If "true">\nMark if1\n<If "true">\nMark if1.1\n</If>\n<Files f.html>\nMark if1.F\n</Files>\n</If>
      <Files f.html>\nMark F\n<If "true">\nMark F.If\n</If>\n</Files>
      <Location />\nMark L\n<If "true">\nMark L.If\n</If>\n</Location>
      <Directory /www>\nAllowOverride All\nMark D\n<If "true">\nMark D.If\n</If>\n</Directory>
      <VirtualHost *:80>\nMark vserver\n<If "true">\nMark vif\n</If>\n</VirtualHost>`;
    const files = new MemoryFileLookup({
      '/www/f.html': '',
      '/www/.htaccess': 'Mark ht\n<If "true">\nMark ht.If\n</If>',
    });
    const site = new WalkSite(config, files);
    assert.equal(
      site.walk('/f.html', site.hosts[1]).marks,
      'server vserver D ht F L if1 vif D.If ht.If F.If L.If if1.1',
    );
  });
});

describe('a request whose expressions take too much work', () => {
  test('is closed, so that no section that protects something is passed by', () => {
    const evil = '^(a+)+$';
    const subject = `/${'a'.repeat(200)}!`;
    const sections = [
      `<FilesMatch "${evil}">\n</FilesMatch>\n<FilesMatch .>\nMark closed\n</FilesMatch>`,
      `<LocationMatch "^/(a+)+$">\n</LocationMatch>`,
      `<DirectoryMatch "^/www/(a+)+$">\n</DirectoryMatch>`,
      `<If "%{REQUEST_URI} =~ m#^/(a+)+$#">\n</If>`,
    ];
    for (const config of sections) {
      const site = new WalkSite(`Mark server\n${config}`, new MemoryFileLookup(FILES));
      const walked = site.walk(subject);
      assert.deepEqual([walked.status, walked.marks], [500, 'server'], config);
      assert.match(site.log.at(-1)!, /^error cannot tell which sections apply to \/a+!: /);
      assert.equal(site.walk('/f.html').status, 'ok');
    }
  });
});

describe('a file name that no module should have set', () => {
  const site = new WalkSite(OPEN, new MemoryFileLookup(FILES));

  test('one that is missing ends the request, in the words of httpd', () => {
    const request = site.request(undefined, '/d');
    assert.equal(walkDirectories(request), 500);
    assert.deepEqual(site.log, ['error AH00029: Module bug?  Request filename is missing for URI /d']);
  });

  test('one that does not begin at the root has what holds for the host', () => {
    const request = site.request('www/d', '/d');
    assert.equal(walkDirectories(request), 'ok');
    assert.deepEqual(site.log, [
      'info AH00030: Module bug?  Request filename path www/d is invalid or or not absolute for uri /d',
    ]);
  });
});
