// The configuration that Debian installs with httpd, and parts of it that every site has: read whole, with what has no effect noted.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { MODULES } from '#src/apache/catalogue.js';
import { readConfiguration } from '#src/apache/config/read-configuration.js';
import { NodeFileLookup } from '#src/apache/files/node-file-lookup.js';
import { read } from './read-memory.ts';

const INSTALLED = '/etc/apache2/apache2.conf';

/** What envvars exports. */
const ENVIRONMENT = {
  APACHE_RUN_USER: 'www-data',
  APACHE_RUN_GROUP: 'www-data',
  APACHE_PID_FILE: '/var/run/apache2/apache2.pid',
  APACHE_RUN_DIR: '/var/run/apache2',
  APACHE_LOCK_DIR: '/var/lock/apache2',
  APACHE_LOG_DIR: '/var/log/apache2',
};

function reasonToSkip(): string | false {
  if (!existsSync(INSTALLED)) return 'apache2 is not installed (apt-get install apache2)';
  return MODULES.some(({ name }) => name === 'mod_autoindex.c') ? false : 'mod_autoindex is not in the catalogue';
}

describe('a configuration as it is installed', () => {
  test('is read whole', { skip: reasonToSkip() }, () => {
    const files = new NodeFileLookup();
    const { listen, hosts, notes } = readConfiguration({ file: INSTALLED, files, environment: ENVIRONMENT });
    assert.deepEqual(listen.slice(0, 1), [{ host: '*', port: 80, protocol: undefined }]);
    assert.ok(hosts.length >= 1);
    // The status page and type maps of Debian's own files are what perdura has no handler for.
    assert.deepEqual(
      notes.filter(({ level, module }) => level === 'warn' && module !== 'perdura'),
      [],
    );
  });

  test('has its processes, languages and status page noted, and the rest in effect', () => {
    const files = {
      '/etc/mods-enabled/mpm_event.load': 'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n',
      '/etc/mods-enabled/mpm_event.conf': 'StartServers 2\nThreadLimit 64\nMaxRequestWorkers 150\n',
      '/etc/mods-enabled/negotiation.load': 'LoadModule negotiation_module x.so\n',
      '/etc/mods-enabled/negotiation.conf': 'LanguagePriority en de\nForceLanguagePriority Prefer Fallback\n',
      '/etc/mods-enabled/status.load': 'LoadModule status_module x.so\n',
      '/etc/mods-enabled/status.conf':
        '<Location /server-status>\nSetHandler server-status\n</Location>\nExtendedStatus On\n<IfModule mod_proxy.c>\nProxyStatus On\n</IfModule>\n',
      '/etc/conf-enabled/security.conf': 'ServerTokens OS\nServerSignature On\nTraceEnable Off\n',
      '/etc/ports.conf':
        'Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>\n<IfModule mod_gnutls.c>\nListen 443\n</IfModule>\n',
    };
    const { listen, notes } = read(
      'IncludeOptional mods-enabled/*.load\nIncludeOptional mods-enabled/*.conf\nInclude ports.conf\nIncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n',
      files,
    );
    assert.deepEqual(
      listen.map(({ port }) => port),
      [80],
    );
    assert.deepEqual(
      notes.map(({ message }) => /^\S+:\d+: (.*?)(?: is without effect|:)/.exec(message)?.[1]),
      [
        'StartServers',
        'ThreadLimit',
        'MaxRequestWorkers',
        'LanguagePriority',
        'ForceLanguagePriority',
        'SetHandler server-status',
        'ExtendedStatus',
        'ServerTokens',
      ],
    );
    assert.deepEqual(
      notes.filter(({ level }) => level === 'warn').map(({ message }) => message),
      [
        '/etc/mods-enabled/status.conf:2: SetHandler server-status: perdura has no mod_status.c, requests for it are answered with 500',
      ],
    );
    assert.match(notes[2]!.message, /^\/etc\/mods-enabled\/mpm_event\.conf:3: MaxRequestWorkers is without effect: /);
  });
});
