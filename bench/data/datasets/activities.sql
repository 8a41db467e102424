-- Half about deals, a quarter about leads, the rest about accounts and people.
SELECT code('v', a) AS id, kind, 'Subject ' || a % 5000 AS subject, channel_of(a, 'ch') AS channel,
       one_of(a, 'direction', ['out', 'out', 'out', 'in', NULL]) AS direction,
       CASE WHEN planned THEN 'planned' ELSE one_of(a, 'status', ['done', 'done', 'done', 'done', 'done', 'done', 'done', 'done',
            'done', 'done', 'done', 'done', 'planned', 'cancelled', 'no_show', NULL]) END AS status,
       CASE WHEN kind IN ('meeting', 'demo', 'visit') AND u(a, 'booked') < 0.7
            THEN at_day(least(day - n(a, 'ahead', 14), days() - 1), a, 'b') END AS booked_at,
       CASE WHEN planned OR u(a, 'due') < 0.3 THEN at_day(day + n(a, 'slip', 3), a, 'd') END AS due_at,
       CASE WHEN NOT planned AND u(a, 'happened') < 0.97 THEN at_day(day, a, 'x') END AS occurred_at,
       60 + n(a, 'long', 3000) AS duration_s, u(a, 'connects') < 0.45 AS is_connected,
       CASE WHEN kind = 'email' AND NOT planned AND u(a, 'replied') < 0.35
            THEN at_day(least(day + n(a, 'reply', 20), days() - 1), a, 'p') END AS replied_at,
       maybe(a, 'has rep', 0.98, code('r', rep)) AS rep_id,
       CASE WHEN about = 'lead' THEN code('l', lead) END AS lead_id,
       CASE WHEN about = 'deal' THEN code('o', deal) END AS opportunity_id,
       CASE WHEN about = 'account' THEN code('c', account_of(a, 'account', least(day, days() - 1))) END AS account_id,
       CASE WHEN about = 'contact' THEN code('n', n(a, 'contact', getvariable('contacts'))) END AS contact_id,
       maybe(a, 'has campaign', 0.1, code('k', least(day, days() - 1) // 27)) AS campaign_id,
       gone(a, 'gone', day) AS deleted_at, at_day(least(day, days() - 1), a, 'c') AS created_at
FROM (SELECT a, about, kind, deal, lead, day, day >= days() AS planned,
             CASE about WHEN 'deal' THEN deal_rep(deal) ELSE rep_of(a, 'rep', least(day, days() - 1)) END AS rep
      FROM (SELECT *, CASE about WHEN 'deal' THEN deal_created(deal) + n(a, 'when', 70)
                                 WHEN 'lead' THEN lead_created(lead) + n(a, 'when', 20)
                                 ELSE a * (days() + 20) // getvariable('activities') END AS day
            FROM (SELECT a, a * getvariable('deals') // getvariable('activities') AS deal,
                         a * getvariable('leads') // getvariable('activities') AS lead,
                         CASE WHEN u(a, 'about') < 0.5 THEN 'deal' WHEN u(a, 'about') < 0.75 THEN 'lead'
                              WHEN u(a, 'about') < 0.9 THEN 'account' WHEN u(a, 'about') < 0.98 THEN 'contact' END AS about,
                         one_of(a, 'kind', ['call', 'call', 'call', 'call', 'call', 'call', 'email', 'email', 'email', 'email', 'email',
                                'email', 'meeting', 'meeting', 'demo', 'onboarding', 'trial', 'visit', 'task', 'note', 'message']) AS kind
                  FROM range(getvariable('activities')) t(a))))
