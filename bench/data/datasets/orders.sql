SELECT code('q', q) AS id, 'N' || q AS number, maybe(q, 'has account', 0.99, code('c', account)) AS account_id,
       CASE WHEN of_deal THEN code('o', order_deal(q)) END AS opportunity_id, maybe(q, 'has rep', 0.98, code('r', rep)) AS rep_id,
       maybe(q, 'has team', 0.5, code('t', team_of(rep))) AS team_id,
       maybe(q, 'has region', 0.4, code('g', n(q, 'order region', getvariable('regions')))) AS region_id,
       source_of(q, 's') AS source, channel_of(q, 'ch') AS channel, status,
       CASE WHEN u(q, 'dated') < 0.998 THEN at_day(day, q, 'x') END AS ordered_at,
       CASE WHEN status <> 'cancelled' AND u(q, 'confirms') < 0.9 THEN at_day(least(day + n(q, 'cf', 3), days() - 1), q, 'f') END AS confirmed_at,
       in_currency(100 + 4900 * u(q, 'invoice') ** 2, currency) AS amount, currency, day AS rate_day,
       gone(q, 'gone', day) AS deleted_at, at_day(day, q, 'x') AS created_at
FROM (SELECT q, order_day(q) AS day, order_status(q) AS status, order_account(q) AS account, order_rep(q) AS rep,
             order_is_of_deal(q) AS of_deal, order_currency(q) AS currency
      FROM range(getvariable('orders')) t(q))
