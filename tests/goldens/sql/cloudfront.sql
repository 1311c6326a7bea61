WITH unwrapped AS (
    SELECT
        *,
        text AS raw,
        NULL::VARCHAR AS verdict
    FROM lines
),
cells AS (
    SELECT
        *,
        CASE
            WHEN NOT overlong AND NOT starts_with(text, '#') THEN string_split(text, chr(9))
        END AS texts
    FROM unwrapped
),
fields AS (
    SELECT
        file,
        line,
        text,
        overlong,
        raw,
        CASE
            WHEN verdict IS NOT NULL THEN verdict
            WHEN len(texts) > 33 AND len(list_filter(texts[34:], lambda cell: cell <> '')) > 0
                THEN 'has more than 33 columns'
        END AS verdict,
        coalesce(len(texts) >= 12, false) AS whole,
        NULL::TIMESTAMPTZ AS split_time,
        filled(texts[1]) AS date_text,
        filled(texts[2]) AS clock_text,
        filled(texts[5]) AS client_ip_text,
        filled(texts[20]) AS forwarded_text,
        coalesce(filled(texts[16]), filled(texts[7])) AS host_text,
        filled(texts[6]) AS method_text,
        filled(texts[8]) AS path_text,
        filled(texts[12]) AS query_text,
        filled(texts[9]) AS status_text,
        filled(texts[4]) AS bytes_text,
        filled(texts[10]) AS referrer_text,
        CASE
            WHEN contains(filled(texts[11]), '%')
                THEN coalesce(try(url_decode(url_decode(filled(texts[11])))), filled(texts[11]))
            ELSE filled(texts[11])
        END AS user_agent_text,
        filled(texts[19]) AS duration_s_text
    FROM cells
),
moments AS (
    SELECT
        *,
        date_text || ' ' || clock_text AS moment
    FROM fields
),
bare_targets AS (
    SELECT
        *,
        CASE
            WHEN contains(NULL::VARCHAR, '#') THEN regexp_replace(NULL::VARCHAR, '#.*$', '')
            ELSE NULL::VARCHAR
        END AS bare
    FROM moments
),
targets AS (
    SELECT
        *,
        CASE
            WHEN NOT (
                starts_with(bare, '/')
                    OR starts_with(bare, 'http://')
                    OR starts_with(bare, 'https://')
            )
                AND regexp_matches(
                    bare,
                    '^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?::\d+)?/'
                )
                THEN 'http://' || bare
            ELSE bare
        END AS target,
        coalesce(
            split_time,
            CASE
                WHEN regexp_matches(moment, '^\d{4}-\d')
                    THEN
                        CASE
                            WHEN regexp_matches(
                                moment,
                                '\d\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?|UTC|GMT)$'
                            )
                                THEN try_cast(replace(moment, ',', '.') AS TIMESTAMPTZ)
                            ELSE timezone('UTC', try_cast(replace(moment, ',', '.') AS TIMESTAMP))
                        END
                WHEN regexp_full_match(moment, '(?:19|20)\d{6}')
                    THEN timezone('UTC', try_strptime(moment, '%Y%m%d'))
                WHEN regexp_full_match(moment, '(?:19|20)\d{12}')
                    THEN timezone('UTC', try_strptime(moment, '%Y%m%d%H%M%S'))
                WHEN regexp_full_match(moment, '\d+(?:\.\d*)?(?:[eE]\+?\d+)?')
                    THEN try(
                        make_timestamptz(
                            round(
                                CASE
                                    WHEN try_cast(moment AS DOUBLE) < 1e11
                                        THEN try_cast(moment AS DOUBLE) * 1e6
                                    WHEN try_cast(moment AS DOUBLE) < 1e14
                                        THEN try_cast(moment AS DOUBLE) * 1e3
                                    WHEN try_cast(moment AS DOUBLE) < 1e17
                                        THEN try_cast(moment AS DOUBLE)
                                    ELSE try_cast(moment AS DOUBLE) / 1e3
                                END
                            )::BIGINT
                        )
                    )
                ELSE coalesce(
                    try_strptime(trim(moment, '[]'), '%d/%b/%Y:%H:%M:%S %z')::TIMESTAMPTZ,
                    try_strptime(trim(moment, '[]'), '%d/%b/%Y:%H:%M:%S%z')::TIMESTAMPTZ,
                    try_strptime(trim(moment, '[]'), '%d/%b/%Y:%H:%M:%S.%f %z')::TIMESTAMPTZ,
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%d/%b/%Y:%H:%M:%S.%f')::TIMESTAMP
                    ),
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%d/%b/%Y:%H:%M:%S')::TIMESTAMP
                    ),
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%d/%b/%Y %H:%M:%S')::TIMESTAMP
                    ),
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%Y/%m/%d %H:%M:%S.%f')::TIMESTAMP
                    ),
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%Y/%m/%d %H:%M:%S')::TIMESTAMP
                    ),
                    try_strptime(trim(moment, '[]'), '%a, %d %b %Y %H:%M:%S %Z')::TIMESTAMPTZ,
                    try_strptime(trim(moment, '[]'), '%a, %d %b %Y %H:%M:%S %z')::TIMESTAMPTZ,
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%a %b %d %H:%M:%S %Y')::TIMESTAMP
                    ),
                    try_strptime(trim(moment, '[]'), '%a %b %d %H:%M:%S %Z %Y')::TIMESTAMPTZ,
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%d %b %Y %H:%M:%S,%f')::TIMESTAMP
                    ),
                    timezone(
                        'UTC',
                        try_strptime(trim(moment, '[]'), '%d %b %Y %H:%M:%S')::TIMESTAMP
                    )
                )
            END
        ) AS time,
        method_text AS request_verb
    FROM bare_targets
),
target_parts AS (
    SELECT
        *,
        CASE
            WHEN NOT starts_with(target, '/') AND contains(target, '://')
                THEN
                    CASE
                        WHEN contains(target, '@')
                            THEN regexp_extract(
                                target,
                                '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)([^?]*)',
                                ['host', 'path']
                            )
                        ELSE regexp_extract(
                            target,
                            '^[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)((?:[/#][^?]*)?)',
                            ['host', 'path']
                        )
                    END
        END AS absolute,
        strpos(target, '?') AS mark
    FROM targets
),
typed AS (
    SELECT
        *,
        coalesce(
            nullif(CASE WHEN request_verb = 'CONNECT' THEN target ELSE absolute.host END, ''),
            CASE
                WHEN contains(host_text, '://') THEN regexp_replace(host_text, '^[A-Za-z]+://', '')
                ELSE host_text
            END
        ) AS whole_host
    FROM target_parts
),
parsed AS (
    SELECT
        raw AS text,
        file AS "file",
        line AS "line",
        CASE
            WHEN overlong THEN 'longer than 1 MiB'
            WHEN verdict IS NOT NULL THEN verdict
            WHEN whole AND status_text IS NOT NULL AND try_cast(status_text AS SMALLINT) IS NULL
                THEN 'the status is no number'
            WHEN whole AND time BETWEEN '1970-01-01 00:00:00+00' AND '2038-01-19 00:00:00+00'
                THEN NULL
            WHEN trim(raw, (' ' || chr(9) || chr(13) || chr(11) || chr(12))) = '' THEN 'blank'
            WHEN starts_with(text, '#') THEN 'comment'
            WHEN whole AND time IS NOT NULL THEN 'the time is out of range'
            WHEN whole THEN 'the time cannot be read'
            ELSE 'has less than 12 columns'
        END AS "reason",
        time AS "time",
        CASE
            WHEN contains(client_ip_text, ',') OR contains(client_ip_text, '=')
                THEN client_in(client_ip_text, '')
            WHEN contains(client_ip_text, ':')
                THEN regexp_replace(
                    regexp_replace(
                        client_ip_text,
                        '^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?|((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):\d+|([0-9A-Fa-f:]*:[0-9A-Fa-f]+):\d{5})$',
                        '\1\2\3\4'
                    ),
                    '%.*$',
                    ''
                )
            ELSE client_ip_text
        END AS "client_ip",
        nullif(
            lower(
                CASE
                    WHEN contains(whole_host, ':') THEN regexp_replace(whole_host, ':\d+$', '')
                    ELSE whole_host
                END
            ),
            ''
        ) AS "host",
        request_verb AS "method",
        CASE
            WHEN request_verb = 'CONNECT' THEN NULL
            WHEN absolute.host <> '' THEN coalesce(nullif(absolute.path, ''), '/')
            ELSE coalesce(
                CASE WHEN mark > 0 THEN left(target, mark - 1) ELSE target END,
                split_part(path_text, '?', 1)
            )
        END AS "path",
        coalesce(
            CASE WHEN mark > 0 THEN nullif(substr(target, mark + 1), '') END,
            filled(trim(ltrim(query_text, '?'))),
            nullif(substr(path_text, strpos(path_text, '?') + 1), path_text)
        ) AS "query",
        try_cast(status_text AS SMALLINT) AS "status",
        try_cast(bytes_text AS BIGINT) AS "bytes",
        CASE referrer_text
            WHEN '(not set)' THEN NULL
            WHEN '(none)' THEN NULL
            WHEN '(direct)' THEN NULL
            WHEN '(organic)' THEN NULL
            WHEN '(referral)' THEN NULL
            WHEN '$direct' THEN NULL
            WHEN 'direct' THEN NULL
            WHEN 'null' THEN NULL
            ELSE referrer_text
        END AS "referrer",
        user_agent_text AS "user_agent",
        NULL::VARCHAR AS "user",
        try_cast(rtrim(duration_s_text, 'ms') AS DOUBLE) * 1000 AS "duration_ms",
        false AS "prefetch",
        CASE
            WHEN contains(forwarded_text, ',') OR contains(forwarded_text, '=')
                THEN client_in(forwarded_text, '')
            WHEN contains(forwarded_text, ':')
                THEN regexp_replace(
                    regexp_replace(
                        forwarded_text,
                        '^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?|((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):\d+|([0-9A-Fa-f:]*:[0-9A-Fa-f]+):\d{5})$',
                        '\1\2\3\4'
                    ),
                    '%.*$',
                    ''
                )
            ELSE forwarded_text
        END AS "forwarded",
        NULL::VARCHAR AS "visitor_key",
        NULL::VARCHAR AS "session_key",
        NULL::VARCHAR AS "event",
        NULL::VARCHAR AS "event_key",
        NULL::BOOLEAN AS "is_page",
        NULL::VARCHAR AS "campaign",
        NULL::VARCHAR AS "device",
        NULL::VARCHAR AS "os",
        NULL::VARCHAR AS "browser",
        NULL::VARCHAR AS "country",
        NULL::VARCHAR AS "channel",
        NULL::VARCHAR AS "source",
        NULL::VARCHAR AS "medium",
        NULL::DOUBLE AS "weight",
        NULL::BIGINT AS "pageviews",
        NULL::DOUBLE AS "conversions",
        NULL::DOUBLE AS "revenue"
    FROM typed
),
hits AS (
    SELECT
        * REPLACE (
            CASE
                WHEN reason IS NOT NULL AND reason NOT IN ('blank', 'comment') THEN redacted(text)
            END AS text
        )
    FROM parsed
),
decoded AS (
    SELECT
        * REPLACE (decoded_path(path) AS path)
    FROM hits
),
kinds AS (
    SELECT
        *,
        CASE
            WHEN reason IS NOT NULL THEN NULL
            WHEN weight > 0 THEN 'page'
            WHEN weight IS NOT NULL THEN 'other'
            WHEN path IS NULL OR NOT is_page THEN 'other'
            WHEN regexp_matches(path, '(?i)^(?:/robots\.txt)$') THEN 'robots'
            WHEN prefetch THEN 'prefetch'
            WHEN method = 'HEAD' THEN 'head'
            WHEN method = 'POST'
                AND regexp_matches(
                    path,
                    '(?i)(?:^|/)(?:wp\-login\.php|xmlrpc\.php|administrator|user/login|users/sign_in|admin/login|typo3|bitrix/admin|customer/account/login|account/login|my\-account|login|login\.php|login\.html|login\.aspx|login\.jsp|signin|sign\-in|log\-in)(?:/|$)'
                )
                THEN 'login'
            WHEN method = 'GET'
                AND query IS NOT NULL
                AND regexp_full_match(
                    query,
                    '[a-z][a-z0-9_-]*=[0-9a-z]{5}\.[1-9][0-9]?\.[0-9a-z]{5}\.[abclmnq](?:&from=[0-9a-z]{5})?'
                )
                AND (
                    regexp_matches(
                        path,
                        '(?i)^(?:/bundles/|/_next/static/|/_nuxt/|/cdn\-cgi/)|(?:^|/)(?:load\.php|thumb\.php|WebResource\.axd|ScriptResource\.axd|Content/css|theme/styles\.php|theme/image\.php|theme/font\.php|lib/javascript\.php|theme/javascript\.php|theme/yui_combo\.php|lib/exe/css\.php|lib/exe/js\.php|lib/exe/fetch\.php|lib/exe/taskrunner\.php|lib/exe/indexer\.php|style\.php|download/file\.php|load\-styles\.php|load\-scripts\.php)(?:/|$)|\.(?:css|js|mjs|map|wasm|png|jpg|jpeg|gif|webp|avif|svg|ico|bmp|cur|woff|woff2|ttf|otf|eot|mp4|m4v|webm|m3u8|ts|mp3|ogg|vtt|webmanifest|xsl|xslt|swf|heic|heif|jfif|jxl|apng|tif|tiff|svgz|m4a|aac|wav|oga|opus|ogv|mov|mpd|m4s|htc)$'
                    )
                        OR regexp_matches(
                            path,
                            '(?i)\.(?:pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|deb|rpm|apk|jar|iso|doc|docx|xls|xlsx|ppt|pptx|odt|csv|epub|txt|log|conf|cfg|ini|yml|yaml|toml|rtf|ods|odp|mobi|djvu|ics|vcf|gpx|kml|kmz|torrent|avi|mkv|wmv|flv|mpg|mpeg|flac|wma|zst|lzma|cab|pkg|appimage|msix|md5|sha256|asc|psd)$'
                        )
                )
                THEN 'beacon'
            WHEN regexp_matches(
                path,
                '(?i)^(?:/bundles/|/_next/static/|/_nuxt/|/cdn\-cgi/)|(?:^|/)(?:load\.php|thumb\.php|WebResource\.axd|ScriptResource\.axd|Content/css|theme/styles\.php|theme/image\.php|theme/font\.php|lib/javascript\.php|theme/javascript\.php|theme/yui_combo\.php|lib/exe/css\.php|lib/exe/js\.php|lib/exe/fetch\.php|lib/exe/taskrunner\.php|lib/exe/indexer\.php|style\.php|download/file\.php|load\-styles\.php|load\-scripts\.php)(?:/|$)|\.(?:css|js|mjs|map|wasm|png|jpg|jpeg|gif|webp|avif|svg|ico|bmp|cur|woff|woff2|ttf|otf|eot|mp4|m4v|webm|m3u8|ts|mp3|ogg|vtt|webmanifest|xsl|xslt|swf|heic|heif|jfif|jxl|apng|tif|tiff|svgz|m4a|aac|wav|oga|opus|ogv|mov|mpd|m4s|htc)$'
            )
                THEN 'asset'
            WHEN regexp_matches(
                path,
                '(?i)^(?:/phpinfo|/info\.php)$|(?:^|/)(?:\.env|\.git|\.svn|\.hg|\.aws|\.ssh|\.htaccess|\.htpasswd|\.ds_store|\.vscode|\.idea|\.docker|\.kube|\.npmrc|\.bash_history|\.s3cfg|\.circleci|\.terraform|wp\-config\.|phpinfo\.php|eval\-stdin\.php)|(?:^|/)(?:id_rsa|docker\-compose\.yml|docker\-compose\.yaml|vendor/phpunit|_profiler|_ignition|telescope/requests|debug/default/view|actuator/env|actuator/gateway|actuator/health|actuator/heapdump|actuator/info|actuator/mappings|jolokia|phpmyadmin/index\.php|pma/index\.php|adminer\.php|manager/html|solr/admin|geoserver/web|developmentserver/metadatauploader|console/login/loginform\.jsp|ecp/current|\+cscoe\+|dana\-na|cgi\-bin/luci|boaform|gponform|hnap1|sdk/weblanguage|setup\.cgi|_all_dbs|_cat/indices|v2/_catalog|wp\-admin/setup\-config\.php|wp\-admin/install\.php|wlwmanifest\.xml|alfa\.php|wso\.php|c99\.php|r57\.php|config/database\.yml|application\.properties|application\.yml|web\.config|storage/logs/laravel\.log|debug\.log|etc/passwd)(?:/|$)|(?:/\.\./|/\.%2e|%2e%2e|\.\.%2f)|\.(?:bak|old|swp|sql|sqlite|pem|kdbx)$'
            )
                THEN 'probe'
            WHEN regexp_matches(
                path,
                '(?i)^(?:/api/|/ajax/|/_next/data/)|(?:^|/)(?:graphql|wp\-json|socket\.io|\.well\-known|xmlrpc\.php|wp\-cron\.php|wp\-admin/admin\-ajax\.php)(?:/|$)|\.(?:json)$'
            )
                THEN 'api'
            WHEN regexp_matches(
                path,
                '(?i)(?:^|/)(?:feed|feeds|rss|atom)(?:/|$)|\.(?:rss|atom|rdf|xml)$'
            )
                OR (
                    query IS NOT NULL
                        AND regexp_matches(
                            query,
                            '(?i)(?:^|&)(?:feed=rss2|feed=atom|format=feed|flav=rss|flav=rss20|flav=atom)(?:&|$)'
                        )
                )
                THEN 'feed'
            WHEN method <> 'GET' THEN 'other'
            WHEN status BETWEEN 300 AND 399 AND status <> 304 THEN 'redirect'
            WHEN status >= 400 THEN 'error'
            WHEN status < 200 THEN 'other'
            WHEN regexp_matches(
                path,
                '(?i)\.(?:pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|deb|rpm|apk|jar|iso|doc|docx|xls|xlsx|ppt|pptx|odt|csv|epub|txt|log|conf|cfg|ini|yml|yaml|toml|rtf|ods|odp|mobi|djvu|ics|vcf|gpx|kml|kmz|torrent|avi|mkv|wmv|flv|mpg|mpeg|flac|wma|zst|lzma|cab|pkg|appimage|msix|md5|sha256|asc|psd)$'
            )
                THEN 'download'
            ELSE 'page'
        END AS kind,
        coalesce(client_ip, '')
            || chr(10)
            || coalesce(user_agent, '')
            || chr(10)
            || coalesce(split_part(forwarded, ',', 1), '') AS identity
    FROM decoded
),
destinations AS (
    SELECT
        *,
        CASE
            WHEN kind = 'page'
                AND query IS NOT NULL
                AND regexp_matches(
                    query,
                    '(?i)(?:^|&)(?:next|return_to|returnurl|redirect|redirect_to|continue)=((?:/|%2f)[a-z0-9_.~-][^&]*)'
                )
                AND regexp_matches(
                    path,
                    '(?i)(?:^|/)(?:wp\-login\.php|xmlrpc\.php|administrator|user/login|users/sign_in|admin/login|typo3|bitrix/admin|customer/account/login|account/login|my\-account|login|login\.php|login\.html|login\.aspx|login\.jsp|signin|sign\-in|log\-in)(?:/|$)'
                )
                THEN url_decode(
                    regexp_extract(
                        query,
                        '(?i)(?:^|&)(?:next|return_to|returnurl|redirect|redirect_to|continue)=((?:/|%2f)[a-z0-9_.~-][^&]*)',
                        1
                    )
                )
        END AS destination
    FROM kinds
),
pages AS (
    SELECT
        *,
        CASE
            WHEN destination IS NOT NULL THEN decoded_path(split_part(destination, '?', 1))
            WHEN kind IN ('page', 'redirect') THEN path
        END AS page,
        CASE
            WHEN destination IS NOT NULL
                THEN nullif(substr(destination, strpos(destination, '?') + 1), destination)
            WHEN kind IN ('page', 'redirect') OR kind = 'beacon' THEN query
        END AS asked_query
    FROM destinations
),
referrers AS (
    SELECT
        * REPLACE (
            page AS page,
            CASE
                WHEN kind IN ('page', 'redirect') THEN decoded_referrer(referrer)
                ELSE referrer
            END AS referrer
        ),
        regexp_extract(referrer, '^https?://([a-z0-9.-]+)(?:/|$)', 1) AS plain_host
    FROM pages
),
hosts AS (
    SELECT
        *,
        CASE
            WHEN reason IS NULL AND referrer IS NOT NULL
                THEN
                    CASE
                        WHEN plain_host <> '' THEN plain_host
                        ELSE nullif(
                            lower(
                                regexp_extract(
                                    referrer,
                                    '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)',
                                    1
                                )
                            ),
                            ''
                        )
                    END
        END AS sent_host
    FROM referrers
),
requests AS (
    SELECT
        file,
        line,
        reason,
        text,
        time,
        client_ip,
        host,
        user_agent,
        kind,
        identity,
        CASE WHEN reason IS NULL THEN (hash(identity) >> 4)::BIGINT END AS visitor,
        CASE
            WHEN kind IN ('page', 'redirect') THEN (hash(page, query, referrer, host) >> 4)::BIGINT
        END AS tie_break,
        page AS path,
        asked_query AS query,
        CASE WHEN kind IN ('page', 'redirect') THEN referrer END AS referrer,
        CASE
            WHEN kind IN ('page', 'redirect')
                AND (
                    regexp_full_match(
                        sent_host,
                        '(?:www\.)?(?:12ft\.io|1ft\.io|archive\.fo|archive\.is|archive\.li|archive\.md|archive\.ph|archive\.today|archive\.vn|googleweblight\.com|translate\.googleusercontent\.com|translate\.yandex\.ru|translated\.turbopages\.org|web\.archive\.org|webcache\.googleusercontent\.com)'
                    )
                        OR starts_with(sent_host, 'translate.google.')
                )
                THEN coalesce(nullif(host_shown(referrer), ''), sent_host)
            ELSE sent_host
        END AS referrer_host,
        CASE
            WHEN kind = 'page'
                AND regexp_matches(
                    path,
                    '(?i)(?:^|/)(?:wp\-login\.php|xmlrpc\.php|administrator|user/login|users/sign_in|admin/login|typo3|bitrix/admin|customer/account/login|account/login|my\-account|login|login\.php|login\.html|login\.aspx|login\.jsp|signin|sign\-in|log\-in)(?:/|$)'
                )
                THEN true
        END AS is_login,
        CASE
            WHEN kind = 'page'
                AND method = 'GET'
                AND ends_with(referrer, coalesce(query, path))
                AND ends_with(referrer, path || coalesce('?' || query, ''))
                AND regexp_full_match(
                    left(referrer, length(referrer) - length(path || coalesce('?' || query, ''))),
                    'https?://[^/]+'
                )
                AND NOT coalesce(
                    regexp_matches(
                        query,
                        '(?:^|[&;])(?:utm_source|utm_medium|utm_campaign|utm_content|utm_term|gclid|gbraid|wbraid|dclid|msclkid|yclid|srsltid|fbclid|igsh|igshid|mibextid|twclid|li_fat_id|ttclid|ScCid|epik|mc_eid|gad_source|gad_campaignid|ysclid|_openstat|bd_vid|qhclickid|rdt_cid|qclid|ndclid|rb_clickid|obclid|dicbo|tblci|irclickid|kwai_click_id|mc_cid|_hsenc|_hsmi|mkt_tok|_kx|vero_id|vero_conv|ck_subscriber_id|oly_enc_id|oly_anon_id|__s|dm_i|ml_subscriber|ml_subscriber_hash|elqTrackId|sfmc_sub|inf_contact_key|bsft_clkid|sc_uid|trk_contact|_bta_tid|_cldee|ss_email_id)='
                    ),
                    false
                )
                THEN true
        END AS names_itself,
        CASE WHEN kind = 'page' THEN status = 304 END AS revalidated,
        NULL::BIGINT AS session,
        campaign AS campaign,
        device AS device,
        os AS os,
        browser AS browser,
        country AS country,
        channel AS channel,
        source AS source,
        medium AS medium,
        weight AS weight,
        pageviews AS pageviews,
        conversions AS conversions,
        revenue AS revenue,
        NULL::BIGINT AS event_key
    FROM hosts
),
counted AS (
    SELECT
        file,
        reason,
        host,
        kind,
        visitor,
        referrer_host,
        min(line) AS line,
        min(time) AS time,
        max(time) AS last_at,
        count(*) AS lines,
        any_value(text) AS text,
        any_value(client_ip) AS client_ip,
        any_value(user_agent) AS user_agent,
        any_value(tie_break) AS tie_break,
        any_value(path) AS path,
        any_value(query) AS query,
        any_value(referrer) AS referrer,
        any_value(revalidated) AS revalidated,
        any_value(is_login) AS is_login,
        any_value(names_itself) AS names_itself,
        any_value(identity) AS identity
    FROM requests
    GROUP BY
        file,
        reason,
        host,
        kind,
        visitor,
        referrer_host,
        epoch_us(time) // 60000000,
        CASE
            WHEN kind IN ('page', 'redirect', 'beacon') OR reason NOT IN ('blank', 'comment')
                THEN line
        END
)
SELECT * FROM counted