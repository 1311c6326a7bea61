WITH unwrapped AS (
    SELECT
        *,
        text AS raw,
        NULL::VARCHAR AS verdict
    FROM lines
),
cut_at_quotes AS (
    SELECT
        *,
        CASE WHEN NOT contains(text, '\') THEN string_split(text, '"') END AS parts
    FROM unwrapped
),
cut_at_spaces AS (
    SELECT
        *,
        string_split(parts[1], ' ') AS words0,
        string_split(parts[3], ' ') AS words1
    FROM cut_at_quotes
),
moments AS (
    SELECT
        *,
        words0[4] || ' ' || words0[5] AS moment
    FROM cut_at_spaces
),
timed AS (
    SELECT
        *,
        try_strptime(moment, '[%d/%b/%Y:%H:%M:%S %z]')::TIMESTAMPTZ AS split_time
    FROM moments
),
checked AS (
    SELECT
        *,
        coalesce(
            len(parts) = 7
                AND split_time >= TIMESTAMPTZ '1000-01-01'
                AND len(words0) = 6
                AND words0[6] = ''
                AND len(words1) = 4
                AND words1[1] = ''
                AND regexp_matches(words1[2], '^(?:\d{3}|-)$')
                AND regexp_matches(words1[3], '^(?:\d+|-)$')
                AND words1[4] = ''
                AND parts[5] = ' '
                AND parts[7] = '',
            false
        ) AS fits
    FROM timed
),
matched AS (
    SELECT
        *,
        CASE
            WHEN NOT fits AND NOT overlong
                THEN regexp_extract(
                    text,
                    '^([^ ,|\x00-\x1f]+(?:, *(?:unknown|[0-9A-Fa-f.:%\[\]]+))*) (?:[^ ]*) ((?:[^ -].*?|-[^ ].*?|-)?) \[(\d{1,2}/[A-Za-z]{3}/\d{4}:\d{1,2}:\d{1,2}:\d{1,2} [+-]\d\d(?::?\d\d)?)\] "((?:[^"\\]|\\.|"[^" ])*)" ((?:\d{3}|-)) ((?:\d+|-)|[^ "]*) "((?:[^"\\]|\\.|"[^" ])*)" "((?:[^"\\]|\\.|"[^" ])*)"$',
                    [
                        'client_ip',
                        'user',
                        'time',
                        'request',
                        'status',
                        'bytes',
                        'referrer',
                        'user_agent'
                    ]
                )
        END AS exact
    FROM checked
),
fields AS (
    SELECT
        file,
        line,
        text,
        overlong,
        raw,
        verdict,
        CASE
            WHEN fits THEN true
            ELSE exact.time <> ''
                AND NOT regexp_matches(
                    text,
                    '\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\[\]\"]{0,12}\] .*\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\[\]\"]{0,12}\] '
                )
        END AS whole,
        CASE WHEN fits THEN split_time END AS split_time,
        filled(CASE WHEN fits THEN words0[1] ELSE unescaped(exact.client_ip) END) AS client_ip_text,
        filled(CASE WHEN fits THEN words0[3] ELSE unescaped(exact.user) END) AS user_text,
        filled(unescaped(exact.time)) AS time_text,
        filled(CASE WHEN fits THEN parts[2] ELSE unescaped(exact.request) END) AS request_text,
        filled(CASE WHEN fits THEN words1[2] ELSE unescaped(exact.status) END) AS status_text,
        filled(
            CASE
                WHEN fits THEN words1[3]
                ELSE
                    CASE
                        WHEN regexp_matches(unescaped(exact.bytes), '^(?:\d+|-)$')
                            THEN unescaped(exact.bytes)
                    END
            END
        ) AS bytes_text,
        filled(CASE WHEN fits THEN parts[4] ELSE unescaped(exact.referrer) END) AS referrer_text,
        filled(
            CASE WHEN fits THEN parts[6] ELSE unescaped(exact.user_agent) END
        ) AS user_agent_text
    FROM matched
),
request_words AS (
    SELECT
        *,
        CASE WHEN request_text IS NOT NULL THEN string_split(request_text, ' ') END AS words
    FROM fields
),
request_shapes AS (
    SELECT
        *,
        (
            len(words) = 3
                AND regexp_matches(words[1], '^[A-Z][A-Z_-]*$')
                AND starts_with(words[2], '/')
                AND NOT contains(words[2], '#')
                AND starts_with(words[3], 'HTTP/')
        ) AS plain
    FROM request_words
),
request_matches AS (
    SELECT
        *,
        CASE
            WHEN NOT plain
                THEN regexp_extract(
                    request_text,
                    '^([A-Z][A-Z_-]*) (.*?)(?:#[\w.~!$&''()*+,;=:@/?%-]*)?(?: +[A-Z]+/\d+(?:\.\d+)?)?$',
                    ['method', 'target']
                )
        END AS request
    FROM request_shapes
),
request_parts AS (
    SELECT
        *,
        CASE WHEN plain THEN words[1] ELSE nullif(request.method, '') END AS request_method,
        CASE WHEN plain THEN words[2] ELSE nullif(request.target, '') END AS request_target
    FROM request_matches
),
targets AS (
    SELECT
        *,
        request_target AS target,
        coalesce(split_time, try_strptime(time_text, '%d/%b/%Y:%H:%M:%S %z')::TIMESTAMPTZ) AS time,
        request_method AS request_verb
    FROM request_parts
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
        nullif(
            CASE WHEN request_verb = 'CONNECT' THEN target ELSE absolute.host END,
            ''
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
            WHEN whole AND time BETWEEN '1970-01-01 00:00:00+00' AND '2038-01-19 00:00:00+00'
                THEN NULL
            WHEN trim(raw, (' ' || chr(9) || chr(13) || chr(11) || chr(12))) = '' THEN 'blank'
            WHEN starts_with(text, '#') THEN 'comment'
            WHEN whole AND time IS NOT NULL THEN 'the time is out of range'
            WHEN whole THEN 'the time cannot be read'
            ELSE
                CASE
                    WHEN regexp_matches(
                        text,
                        '\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\[\]\"]{0,12}\] .*\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\[\]\"]{0,12}\] '
                    )
                        THEN 'holds two records'
                    WHEN (length(text) - length(replace(replace(text, '\"', ''), '"', ''))) % 2 = 1
                        THEN 'a quote is not closed'
                    ELSE 'does not match the format combined'
                END
        END AS "reason",
        time AS "time",
        CASE
            WHEN contains(client_ip_text, ',') THEN client_in(client_ip_text, '')
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
            ELSE CASE WHEN mark > 0 THEN left(target, mark - 1) ELSE target END
        END AS "path",
        CASE WHEN mark > 0 THEN nullif(substr(target, mark + 1), '') END AS "query",
        try_cast(status_text AS SMALLINT) AS "status",
        try_cast(bytes_text AS BIGINT) AS "bytes",
        referrer_text AS "referrer",
        user_agent_text AS "user_agent",
        user_text AS "user",
        NULL::DOUBLE AS "duration_ms",
        false AS "prefetch",
        NULL::VARCHAR AS "forwarded",
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
        NULL::VARCHAR AS identity
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
        CASE WHEN reason IS NULL THEN (hash(client_ip, user_agent) >> 4)::BIGINT END AS visitor,
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
        any_value(names_itself) AS names_itself
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