// Every directive of Apache 2.4 and of the modules that come with it, and PHP's: what they are called, whose they are, where they may stand.
// Says what a configuration means that perdura does not have: a slip of the pen, or something that Apache would do.
import type { DirectiveContext } from '../module/directive.ts';
import type { OverrideClass } from '../module/override-grant.ts';

/** A directive of Apache. Sections have their bracket. */
export interface KnownDirective {
  readonly name: string;
  /** As `<IfModule>` knows it: `mod_dav.c`. */
  readonly module: string;
  readonly contexts: readonly DirectiveContext[];
  readonly override: readonly OverrideClass[];
}

/**
 * Module, where they may stand, names. A class of AllowOverride: in directories and `.htaccess`, and at the level of servers unless it
 * is about access.
 */
const KNOWN = `
core.c server <Directory <Location <VirtualHost <DirectoryMatch <LocationMatch AccessFileName DocumentRoot FlushMaxThreshold
core.c server FlushMaxPipelined Protocol AcceptFilter Port ServerAdmin ServerName ServerRoot DefaultRuntimeDir ErrorLog ErrorLogFormat
core.c server ServerAlias ServerPath Timeout NameVirtualHost ServerTokens LimitRequestLine LimitRequestFieldsize LimitRequestFields Mutex
core.c server RegexDefaultOptions LimitInternalRecursion StrictHostCheck AllowEncodedSlashes ScoreBoardFile ExtendedStatus SeeRequestTail
core.c server PidFile MaxRequestsPerChild MaxConnectionsPerChild CoreDumpDirectory MaxMemFree ThreadStackSize TraceEnable MergeTrailers
core.c server Protocols ProtocolsHonorOrder HttpProtocolOptions RegisterHttpMethod MergeSlashes
core.c any <Files <IfModule <IfDefine <IfFile <IfDirective <IfSection <FilesMatch Error <If <ElseIf <Else ServerSignature LimitRequestBody
core.c any LimitXMLRequestBody RLimitCPU RLimitMEM RLimitNPROC
core.c AuthConfig+Limit <Limit <LimitExcept
core.c FileInfo AddDefaultCharset AcceptPathInfo ErrorDocument DefaultType FileETag EnableMMAP EnableSendfile CGIVar QualifyRedirectURL
core.c FileInfo ForceType SetHandler SetOutputFilter SetInputFilter
core.c server+directory Define UnDefine ReadBufferSize HostnameLookups UseCanonicalName UseCanonicalPhysicalPort Include IncludeOptional
core.c server+directory LogLevel MaxRanges MaxRangeOverlaps MaxRangeReversals
core.c directory AllowOverride AllowOverrideList
core.c Options Options ContentDigest
core.c AuthConfig CGIPassAuth
event.c server ListenBacklog ListenCoresBucketsRatio Listen SendBufferSize ReceiveBufferSize ListenTCPDeferAccept StartServers ServerLimit
event.c server MinSpareThreads MaxSpareThreads MaxClients MaxRequestWorkers ThreadsPerChild ThreadLimit AsyncRequestWorkerFactor
event.c server GracefulShutdownTimeout
http_core.c server KeepAliveTimeout MaxKeepAliveRequests KeepAlive
mod_access_compat.c Limit order allow deny
mod_access_compat.c AuthConfig Satisfy
mod_actions.c FileInfo Action
mod_actions.c server+directory Script
mod_alias.c server+directory Alias ScriptAlias
mod_alias.c FileInfo Redirect RedirectMatch RedirectTemp RedirectPermanent RedirectRelative AliasPreservePath
mod_alias.c server AliasMatch ScriptAliasMatch
mod_allowmethods.c directory AllowMethods
mod_auth_basic.c AuthConfig AuthBasicProvider AuthBasicAuthoritative AuthBasicFake AuthBasicUseDigestAlgorithm
mod_auth_digest.c AuthConfig AuthDigestProvider AuthDigestQop AuthDigestNonceLifetime AuthDigestNcCheck AuthDigestAlgorithm AuthDigestDomain
mod_auth_digest.c server AuthDigestShmemSize
mod_auth_form.c AuthConfig AuthFormProvider AuthFormUsername AuthFormPassword AuthFormLocation AuthFormMethod AuthFormMimetype AuthFormBody
mod_auth_form.c AuthConfig AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation AuthFormLogoutLocation AuthFormSitePassphrase
mod_auth_form.c AuthConfig AuthFormAuthoritative AuthFormFakeBasicAuth AuthFormDisableNoStore
mod_auth_form.c directory AuthFormSize
mod_authn_anon.c AuthConfig Anonymous Anonymous_MustGiveEmail Anonymous_NoUserId Anonymous_VerifyEmail Anonymous_LogEmail
mod_authn_core.c AuthConfig AuthType AuthName
mod_authn_core.c server <AuthnProviderAlias
mod_authn_dbd.c directory AuthDBDUserPWQuery AuthDBDUserRealmQuery
mod_authn_dbm.c AuthConfig AuthDBMUserFile AuthDBMType
mod_authn_file.c AuthConfig AuthUserFile
mod_authn_socache.c server AuthnCacheSOCache AuthnCacheEnable
mod_authn_socache.c AuthConfig AuthnCacheProvideFor AuthnCacheTimeout
mod_authn_socache.c directory AuthnCacheContext
mod_authnz_fcgi.c server AuthnzFcgiDefineProvider
mod_authnz_fcgi.c FileInfo AuthnzFcgiCheckAuthnProvider
mod_authnz_ldap.c AuthConfig AuthLDAPURL AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPBindAuthoritative AuthLDAPRemoteUserIsDN
mod_authnz_ldap.c AuthConfig AuthLDAPRemoteUserAttribute AuthLDAPCompareDNOnServer AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass
mod_authnz_ldap.c AuthConfig AuthLDAPMaxSubGroupDepth AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN AuthLDAPDereferenceAliases
mod_authnz_ldap.c AuthConfig AuthLDAPAuthorizePrefix AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern AuthLDAPSearchAsUser
mod_authnz_ldap.c AuthConfig AuthLDAPCompareAsUser
mod_authnz_ldap.c server AuthLDAPCharsetConfig
mod_authz_core.c server <AuthzProviderAlias
mod_authz_core.c AuthConfig Require <RequireAll <RequireAny <RequireNone AuthMerging AuthzSendForbiddenOnFailure
mod_authz_dbd.c directory AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery
mod_authz_dbm.c AuthConfig AuthDBMGroupFile AuthzDBMType
mod_authz_groupfile.c AuthConfig AuthGroupFile
mod_autoindex.c Indexes AddIcon AddIconByType AddIconByEncoding AddAlt AddAltByType AddAltByEncoding IndexOptions IndexOrderDefault
mod_autoindex.c Indexes IndexIgnore IndexIgnoreReset AddDescription HeaderName ReadmeName DefaultIcon IndexStyleSheet IndexHeadInsert
mod_autoindex.c any FancyIndexing
mod_brotli.c server BrotliFilterNote BrotliCompressionQuality BrotliCompressionWindow BrotliCompressionMaxInputBlock BrotliAlterETag
mod_buffer.c directory BufferSize
mod_cache.c server+directory CacheEnable CacheDisable CacheMaxExpire CacheMinExpire CacheDefaultExpire CacheIgnoreNoLastMod
mod_cache.c server+directory CacheStoreExpired CacheStorePrivate CacheStoreNoStore CacheLastModifiedFactor CacheHeader CacheDetailHeader
mod_cache.c server+directory CacheStaleOnError
mod_cache.c server CacheQuickHandler CacheIgnoreCacheControl CacheIgnoreHeaders CacheIgnoreQueryString CacheIgnoreURLSessionIdentifiers
mod_cache.c server CacheLock CacheLockPath CacheLockMaxAge CacheKeyBaseURL
mod_cache_disk.c server CacheRoot CacheDirLevels CacheDirLength
mod_cache_disk.c server+directory CacheMinFileSize CacheMaxFileSize CacheReadSize CacheReadTime
mod_cache_socache.c server CacheSocache
mod_cache_socache.c server+directory CacheSocacheMaxTime CacheSocacheMinTime CacheSocacheMaxSize CacheSocacheReadSize CacheSocacheReadTime
mod_case_filter.c server CaseFilter
mod_case_filter_in.c server CaseFilterIn
mod_cern_meta.c Indexes MetaFiles MetaDir MetaSuffix
mod_cgi.c server ScriptLog ScriptLogLength ScriptLogBuffer
mod_cgi.c server+directory CGIScriptTimeout
mod_cgid.c server ScriptLog ScriptLogLength ScriptLogBuffer ScriptSock
mod_cgid.c server+directory CGIDScriptTimeout
mod_charset_lite.c FileInfo CharsetSourceEnc CharsetDefault CharsetOptions
mod_dav.c directory DAV DAVBasePath
mod_dav.c server+directory DAVMinTimeout DAVDepthInfinity DAVLockDiscovery
mod_dav_fs.c server DAVLockDB
mod_dav_lock.c directory DAVGenericLockDB
mod_dbd.c server DBDriver DBDParams DBDPersist DBDPrepareSQL DBDInitSQL DBDMin DBDKeep DBDMax DBDExptime
mod_deflate.c server DeflateFilterNote DeflateWindowSize DeflateBufferSize DeflateMemLevel DeflateCompressionLevel DeflateAlterEtag
mod_deflate.c any DeflateInflateLimitRequestBody DeflateInflateRatioLimit DeflateInflateRatioBurst
mod_dialup.c directory ModemStandard
mod_dir.c Indexes FallbackResource DirectoryIndex DirectorySlash DirectoryCheckHandler DirectoryIndexRedirect
mod_dumpio.c server DumpIOInput DumpIOOutput
mod_echo.c server ProtocolEcho
mod_env.c FileInfo PassEnv SetEnv UnsetEnv
mod_expires.c Indexes ExpiresActive ExpiresByType ExpiresDefault
mod_ext_filter.c directory ExtFilterOptions
mod_ext_filter.c server ExtFilterDefine
mod_file_cache.c server cachefile mmapfile
mod_filter.c Options FilterDeclare FilterProvider FilterChain FilterProtocol
mod_filter.c server+directory FilterTrace
mod_filter.c FileInfo AddOutputFilterByType
mod_headers.c FileInfo Header RequestHeader
mod_heartbeat.c server HeartbeatAddress
mod_heartmonitor.c server HeartbeatListen HeartbeatStorage HeartbeatMaxServers
mod_http2.c server H2MaxSessionStreams H2WindowSize H2MinWorkers H2MaxWorkers H2MaxWorkerIdleSeconds H2StreamMaxMemSize H2SerializeHeaders
mod_http2.c server H2ModernTLSOnly H2Direct H2SessionExtraFiles H2TLSWarmUpSize H2TLSCoolDownSecs H2PushPriority H2PushDiarySize
mod_http2.c server H2EarlyHints H2Padding H2OutputBuffering H2StreamTimeout H2MaxDataFrameLen H2MaxHeaderBlockLen H2MaxStreamErrors
mod_http2.c server H2WebSockets
mod_http2.c server+AuthConfig H2Upgrade H2Push
mod_http2.c FileInfo H2CopyFiles H2ProxyRequests
mod_http2.c AuthConfig+FileInfo H2PushResource H2EarlyHint
mod_ident.c server+directory IdentityCheck IdentityCheckTimeout
mod_imagemap.c Indexes ImapMenu ImapDefault ImapBase
mod_include.c Options XBitHack
mod_include.c any SSIErrorMsg SSITimeFormat SSIUndefinedEcho
mod_include.c server SSIStartTag SSIEndTag
mod_include.c Limit SSILegacyExprParser SSILastModified SSIEtag
mod_info.c server AddModuleInfo
mod_lbmethod_heartbeat.c server HeartbeatStorage
mod_log_config.c server CustomLog GlobalLog TransferLog LogFormat BufferedLogs
mod_log_debug.c server+directory LogMessage
mod_log_forensic.c server ForensicLog
mod_logio.c any LogIOTrackTTFB
mod_lua.c any LuaRoot LuaPackagePath LuaPackageCPath LuaHookPreTranslateName <LuaHookPreTranslateName LuaHookTranslateName
mod_lua.c any <LuaHookTranslateName LuaHookFixups <LuaHookFixups LuaHookMapToStorage <LuaHookMapToStorage LuaHookCheckUserID
mod_lua.c any <LuaHookCheckUserID LuaHookTypeChecker <LuaHookTypeChecker LuaHookAccessChecker <LuaHookAccessChecker LuaHookAuthChecker
mod_lua.c any <LuaHookAuthChecker LuaHookInsertFilter LuaHookLog LuaScope LuaInherit LuaCodeCache LuaQuickHandler <LuaQuickHandler
mod_lua.c any Lua_____ByteCodeHack LuaMapHandler LuaOutputFilter LuaInputFilter
mod_lua.c server LuaAuthzProvider
mod_macro.c any <Macro Use UndefMacro MacroIgnoreEmptyArgs MacroIgnoreBadNesting
mod_md.c server MDCertificateAuthority MDCertificateAgreement MDCAChallenges MDCertificateProtocol MDContactEmail MDDriveMode MDRenewMode
mod_md.c server MDomain <MDomainSet <MDomain MDMember MDMembers MDMustStaple MDPortMap MDPrivateKeys MDHttpProxy MDStoreDir MDRenewWindow
mod_md.c server MDNotifyCmd MDBaseServer MDChallengeDns01 MDChallengeDns01Version MDCertificateFile MDCertificateKeyFile MDServerStatus
mod_md.c server MDCertificateStatus MDWarnWindow MDMessageCmd MDStapling MDStapleOthers MDStaplingKeepResponse MDStaplingRenewWindow
mod_md.c server MDCertificateCheck MDActivationDelay MDCACertificateFile MDHttpProxyCACertificateFile MDExternalAccountBinding MDRetryDelay
mod_md.c server MDRetryFailover MDStoreLocks MDMatchNames MDInitialDelay MDCheckInterval MDProfile MDProfileMandatory MDRenewViaARI
mod_md.c server+AuthConfig MDRequireHttps
mod_mime.c FileInfo AddCharset AddEncoding AddHandler AddInputFilter AddLanguage AddOutputFilter AddType DefaultLanguage MultiviewsMatch
mod_mime.c FileInfo RemoveCharset RemoveEncoding RemoveHandler RemoveInputFilter RemoveLanguage RemoveOutputFilter RemoveType
mod_mime.c server TypesConfig
mod_mime.c directory ModMimeUsePathInfo
mod_mime_magic.c server MimeMagicFile
mod_negotiation.c server CacheNegotiatedDocs
mod_negotiation.c FileInfo LanguagePriority ForceLanguagePriority
mod_php.c Options php_value php_flag
mod_php.c server+directory php_admin_value php_admin_flag
mod_php.c server PHPINIDir
mod_php5.c Options php_value php_flag
mod_php5.c server+directory php_admin_value php_admin_flag
mod_php5.c server PHPINIDir
mod_php7.c Options php_value php_flag
mod_php7.c server+directory php_admin_value php_admin_flag
mod_php7.c server PHPINIDir
mod_proxy.c server <Proxy <ProxyMatch ProxyRequests ProxyRemote ProxyRemoteMatch ProxyBlock ProxyReceiveBufferSize ProxyIOBufferSize
mod_proxy.c server ProxyMaxForwards NoProxy ProxyDomain ProxyVia ProxyTimeout ProxyBadHeader BalancerGrowth BalancerPersist BalancerInherit
mod_proxy.c server ProxyPassInherit ProxyStatus ProxySourceAddress
mod_proxy.c server+directory ProxyPassInterpolateEnv ProxyPass ProxyPassMatch ProxyPassReverse ProxyPassReverseCookiePath
mod_proxy.c server+directory ProxyPassReverseCookieDomain ProxyErrorOverride ProxyPreserveHost BalancerMember ProxySet ProxyAddHeaders
mod_proxy.c server+directory Proxy100Continue
mod_proxy_connect.c server AllowCONNECT
mod_proxy_express.c FileInfo ProxyExpressEnable ProxyExpressDBMFile ProxyExpressDBMType
mod_proxy_fcgi.c FileInfo ProxyFCGIBackendType ProxyFCGISetEnvIf
mod_proxy_ftp.c server+directory ProxyFtpListOnWildcard ProxyFtpEscapeWildcards ProxyFtpDirCharset
mod_proxy_hcheck.c FileInfo ProxyHCTemplate ProxyHCExpr
mod_proxy_hcheck.c server ProxyHCTPsize
mod_proxy_html.c server+directory ProxyHTMLEvents ProxyHTMLLinks ProxyHTMLURLMap ProxyHTMLDoctype ProxyHTMLFixups ProxyHTMLMeta
mod_proxy_html.c server+directory ProxyHTMLInterp ProxyHTMLExtended ProxyHTMLStripComments ProxyHTMLBufSize ProxyHTMLCharsetOut
mod_proxy_html.c server+directory ProxyHTMLEnable
mod_proxy_scgi.c server+directory ProxySCGISendfile ProxySCGIInternalRedirect
mod_proxy_wstunnel.c server+directory ProxyWebsocketFallbackToProxyHttp
mod_reflector.c Options ReflectorHeader
mod_remoteip.c server RemoteIPHeader RemoteIPProxiesHeader RemoteIPTrustedProxy RemoteIPInternalProxy RemoteIPTrustedProxyList
mod_remoteip.c server RemoteIPInternalProxyList RemoteIPProxyProtocol RemoteIPProxyProtocolExceptions
mod_reqtimeout.c server RequestReadTimeout
mod_request.c directory KeptBodySize
mod_rewrite.c FileInfo RewriteEngine RewriteOptions RewriteBase RewriteCond RewriteRule
mod_rewrite.c server RewriteMap
mod_sed.c directory OutputSed InputSed
mod_session.c server+AuthConfig Session SessionMaxAge SessionHeader SessionEnv SessionInclude SessionExclude SessionExpiryUpdateInterval
mod_session_cookie.c server+AuthConfig SessionCookieName SessionCookieName2 SessionCookieRemove
mod_session_crypto.c server+AuthConfig SessionCryptoPassphrase SessionCryptoCipher
mod_session_crypto.c server+directory SessionCryptoPassphraseFile
mod_session_crypto.c server SessionCryptoDriver
mod_session_dbd.c server+AuthConfig SessionDBDSelectLabel SessionDBDInsertLabel SessionDBDUpdateLabel SessionDBDDeleteLabel
mod_session_dbd.c server+AuthConfig SessionDBDPerUser SessionDBDCookieRemove SessionDBDCookieName SessionDBDCookieName2
mod_setenvif.c FileInfo SetEnvIf SetEnvIfNoCase SetEnvIfExpr BrowserMatch BrowserMatchNoCase
mod_so.c server LoadModule LoadFile
mod_socache_memcache.c server MemcacheConnTTL
mod_socache_redis.c server RedisConnPoolTTL RedisTimeout
mod_speling.c Options CheckSpelling CheckCaseOnly CheckBasenameMatch
mod_ssl.c server SSLPassPhraseDialog SSLSessionCache SSLCryptoDevice SSLRandomSeed SSLVHostSNIPolicy SSLEngine SSLFIPS SSLCertificateFile
mod_ssl.c server SSLCertificateKeyFile SSLCertificateChainFile SSLSessionTicketKeyFile SSLCADNRequestPath SSLCADNRequestFile
mod_ssl.c server SSLCARevocationPath SSLCARevocationFile SSLCARevocationCheck SSLSessionCacheTimeout SSLProtocol SSLHonorCipherOrder
mod_ssl.c server SSLCompression SSLSessionTickets SSLInsecureRenegotiation SSLStrictSNIVHostCheck SSLSRPVerifierFile SSLSRPUnknownUserSeed
mod_ssl.c server SSLProxyEngine SSLProxyProtocol SSLProxyCipherSuite SSLProxyVerify SSLProxyVerifyDepth SSLProxyCACertificateFile
mod_ssl.c server SSLProxyCACertificatePath SSLProxyCARevocationPath SSLProxyCARevocationFile SSLProxyCARevocationCheck
mod_ssl.c server SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath SSLProxyMachineCertificateChainFile SSLProxyCheckPeerExpire
mod_ssl.c server SSLProxyCheckPeerCN SSLProxyCheckPeerName SSLOCSPEnable SSLOCSPDefaultResponder SSLOCSPOverrideResponder
mod_ssl.c server SSLOCSPResponseTimeSkew SSLOCSPResponseMaxAge SSLOCSPResponderTimeout SSLOCSPUseRequestNonce SSLOCSPProxyURL
mod_ssl.c server SSLOCSPNoVerify SSLOCSPResponderCertificateFile SSLStaplingCache SSLUseStapling SSLStaplingResponseTimeSkew
mod_ssl.c server SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingStandardCacheTimeout SSLStaplingReturnResponderErrors
mod_ssl.c server SSLStaplingFakeTryLater SSLStaplingErrorCacheTimeout SSLStaplingForceURL SSLOpenSSLConfCmd
mod_ssl.c server+AuthConfig SSLCipherSuite SSLCACertificatePath SSLCACertificateFile SSLVerifyClient SSLVerifyDepth SSLUserName
mod_ssl.c Options SSLOptions
mod_ssl.c AuthConfig SSLRequireSSL SSLRequire SSLRenegBufferSize
mod_ssl.c any SSLLog SSLLogLevel
mod_substitute.c FileInfo Substitute SubstituteMaxLineLength SubstituteInheritBefore
mod_suexec.c server SuexecUserGroup
mod_unixd.c server User Group ChrootDir Suexec
mod_userdir.c server UserDir
mod_usertrack.c FileInfo CookieExpires CookieDomain CookieStyle CookieTracking CookieName CookieSameSite CookieSecure CookieHttpOnly
mod_version.c any <IfVersion
mod_vhost_alias.c server VirtualScriptAlias VirtualDocumentRoot VirtualScriptAliasIP VirtualDocumentRootIP
mod_watchdog.c server WatchdogInterval
mod_xml2enc.c any xml2EncDefault xml2StartParse
mod_xml2enc.c server xml2EncAlias
prefork.c server ListenBacklog ListenCoresBucketsRatio Listen SendBufferSize ReceiveBufferSize ListenTCPDeferAccept StartServers
prefork.c server MinSpareServers MaxSpareServers MaxClients MaxRequestWorkers ServerLimit GracefulShutdownTimeout
util_ldap.c server LDAPSharedCacheSize LDAPSharedCacheFile LDAPCacheEntries LDAPCacheTTL LDAPOpCacheEntries LDAPOpCacheTTL
util_ldap.c server LDAPTrustedGlobalCert LDAPTrustedMode LDAPVerifyServerCert LDAPConnectionTimeout LDAPLibraryDebug LDAPTimeout
util_ldap.c server LDAPConnectionPoolTTL LDAPRetries LDAPRetryDelay
util_ldap.c AuthConfig LDAPTrustedClientCert LDAPReferrals LDAPReferralHopLimit
worker.c server ListenBacklog ListenCoresBucketsRatio Listen SendBufferSize ReceiveBufferSize ListenTCPDeferAccept StartServers
worker.c server MinSpareThreads MaxSpareThreads MaxRequestWorkers MaxClients ThreadsPerChild ServerLimit ThreadLimit GracefulShutdownTimeout
`;

const ABOUT_ACCESS: ReadonlySet<string> = new Set(['AuthConfig', 'Limit']);

function isPlace(word: string): word is 'server' | 'directory' {
  return word === 'server' || word === 'directory';
}

function contextsOf(words: readonly string[]): DirectiveContext[] {
  const classes = words.filter((word) => !isPlace(word));
  const contexts: DirectiveContext[] = [];
  if (words.includes('server') || classes.some((word) => !ABOUT_ACCESS.has(word))) contexts.push('server');
  if (words.includes('directory') || classes.length > 0) contexts.push('directory');
  if (classes.length > 0) contexts.push('htaccess');
  return contexts;
}

function parseRow(row: string): KnownDirective[] {
  const [module = '', places = '', ...names] = row.split(' ');
  const words = places.split('+');
  const contexts = contextsOf(words);
  const override = words.filter((word): word is OverrideClass => !isPlace(word));
  return names.map((name) => ({ name, module, contexts, override }));
}

/** In the order of their modules; some modules share names. */
export const KNOWN_DIRECTIVES: readonly KnownDirective[] = KNOWN.trim()
  .split('\n')
  .flatMap((row) => parseRow(row));
