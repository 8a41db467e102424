SELECT code('b', s) AS id, code('c', sub_account(s)) AS account_id, code('p', sub_product(s)) AS product_id,
       one_of(s, 'plan', ['free', 'basic', 'team', 'business']) AS plan, maybe(s, 'has rep', 0.6, code('r', rep_of(s, 'rep', starts))) AS rep_id,
       CASE WHEN u(s, 'trial') < 0.04 THEN 'trial' WHEN ends IS NOT NULL OR u(s, 'unended') < 0.003 THEN 'cancelled' ELSE 'active' END AS status,
       at_day(starts, s, 's') AS started_at, CASE WHEN u(s, 'ended') < 0.9 THEN at_day(ends, s, 'e') END AS ended_at,
       at_day(ends, s, 'e') AS cancelled_at, (CASE WHEN sub_has_change(s) THEN sub_then(s) ELSE sub_first(s) END) AS mrr,
       1 + n(s, 'seats', 50) AS quantity, 'month' AS billing_period, sub_currency(s) AS currency, starts AS rate_day,
       gone(s, 'gone', starts) AS deleted_at, at_day(starts, s, 's') AS created_at
FROM (SELECT s, sub_start(s) AS starts, CASE WHEN sub_ends(s) THEN sub_end(s) END AS ends
      FROM range(getvariable('subscriptions')) t(s))
