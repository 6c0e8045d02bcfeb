// Apache's configuration: httpd.conf and .htaccess, read, checked, and answered as httpd answers.
export type { ConfigurationNote, ListenAddress, ProcessConfiguration } from './config/process-configuration.ts';
export type { VirtualHost } from './config/virtual-host.ts';
export { explainNoListener } from './config/check-listening.ts';
export { formatNote } from './config/format-note.ts';
export { formatFurther, formatRefusal } from './config/format-refusal.ts';
export { readConfiguration } from './config/read-configuration.ts';
export type { ConfigurationSource, LoadedConfiguration } from './config/read-configuration.ts';
export type { FileLookup, FileStats, FolderEntry } from './files/file-lookup.ts';
export { NodeFileLookup } from './files/node-file-lookup.ts';
export { explainTlsFault } from './site/explain-tls-fault.ts';
export type { ListenerPlan } from './site/plan-listeners.ts';
export { RunningSite } from './site/running-site.ts';
export type { NextSite, SiteSource } from './site/running-site.ts';
export type { SiteEnvironment } from './site/site-environment.ts';
export { ConfigurationRefused } from './syntax/configuration-error.ts';
export type { SourcePlace } from './syntax/config-tree.ts';
