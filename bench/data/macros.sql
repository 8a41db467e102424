-- Draws: every value of a row is a function of the row's number, so a dataset can recompute what another one says of
-- the same deal, order or account without a join, and all of them are written as streams.
-- Hashed twice: once alone combines the two so simply that draws of different salts hang together.
CREATE MACRO u(i, salt) AS (hash(hash(i::BIGINT, salt || getvariable('variant'))) >> 11)::DOUBLE / 9007199254740992.0;
CREATE MACRO n(i, salt, k) AS (hash(hash(i::BIGINT, salt || getvariable('variant'))) % k::UBIGINT)::BIGINT;
CREATE MACRO one_of(i, salt, choices) AS choices[n(i, salt, len(choices)) + 1];
CREATE MACRO maybe(i, salt, chance, given) AS CASE WHEN u(i, salt) < chance THEN given END;
CREATE MACRO waits(i, salt, mean) AS floor(-ln(1 - u(i, salt)) * mean)::BIGINT;
CREATE MACRO code(prefix, i) AS prefix || lpad(i::VARCHAR, 8, '0');

-- Days count from the first day of the 36 months. The tenant lives in UTC and works from 8 to 18 o'clock.
CREATE MACRO days() AS 1096;
CREATE MACRO on_day(d) AS DATE '2023-10-01' + d::INTEGER;
CREATE MACRO at_day(d, i, salt) AS to_timestamp((19631 + d) * 86400 + 28800 + n(i, salt, 36000));
CREATE MACRO gone(i, salt, d) AS CASE WHEN u(i, salt) < 0.008 THEN to_timestamp((19631 + least(d + 40, days() - 1)) * 86400) END;

-- Money: mostly dollars; a currency without a rate now and then.
CREATE MACRO currency_of(i, salt) AS CASE WHEN u(i, salt) < 0.78 THEN 'USD' WHEN u(i, salt) < 0.93 THEN 'EUR'
    WHEN u(i, salt) < 0.9995 THEN 'VND' ELSE 'XOF' END;
CREATE MACRO rate_of(currency, d) AS CASE currency
    WHEN 'USD' THEN 1::DECIMAL(18, 8)
    WHEN 'EUR' THEN 1.05::DECIMAL(18, 8) + (d // 30 % 9)::DECIMAL(18, 8) / 100
    WHEN 'VND' THEN 0.00003900::DECIMAL(18, 8) + (d // 30 % 5)::DECIMAL(18, 8) / 10000000 END::DECIMAL(18, 8);
CREATE MACRO in_currency(amount, currency) AS
    round(amount * CASE currency WHEN 'VND' THEN 25000 ELSE 1 END, 2)::DECIMAL(18, 4);
CREATE MACRO in_base(amount, currency, d) AS round(amount::DECIMAL(38, 4) * rate_of(currency, d), 4)::DECIMAL(18, 4);

-- Who and what: newcomers among the reps and accounts take their share only from their first day on.
CREATE MACRO veterans() AS getvariable('reps') * 4 // 5;
CREATE MACRO hired(r) AS CASE WHEN r < veterans() THEN -30 - n(r, 'hired', 1500)
    ELSE (r - veterans()) * 1060 // greatest(1, getvariable('reps') - veterans()) END;
CREATE MACRO settled_rep(r, d) AS CASE WHEN hired(r) <= d THEN r ELSE r % veterans() END;
CREATE MACRO rep_of(i, salt, d) AS settled_rep(n(i, salt, getvariable('reps')), d);
CREATE MACRO team_of(r) AS r % getvariable('teams');
CREATE MACRO account_of(i, salt, d) AS
    least(getvariable('accounts') - 1,
          floor(u(i, salt) ** 1.3 * getvariable('accounts') * (0.25 + 0.75 * d / days())))::BIGINT;
CREATE MACRO group_of(p) AS 'G' || lpad((p % getvariable('groups'))::VARCHAR, 2, '0');
CREATE MACRO list_price(p) AS 20 + n(p, 'list', 480);
CREATE MACRO source_of(i, salt) AS
    one_of(i, salt, ['web', 'fair', 'partner', 'referral', 'phone', 'mail', 'advertising', NULL]);
CREATE MACRO channel_of(i, salt) AS one_of(i, salt, ['email', 'phone', 'chat', 'visit', 'advertisement', NULL]);
CREATE MACRO origin_of(i, salt) AS one_of(i, salt, ['rep', 'rep', 'marketing', 'marketing', 'referral', 'other']);
CREATE MACRO campaign_of(d, i, salt) AS code('k', d // 27 + n(i, salt, 3) * 0);

-- Deals, in the order in which they were created.
CREATE MACRO deal_created(i) AS i * days() // getvariable('deals');
CREATE MACRO deal_end(i) AS deal_created(i) + least(400, 2 + waits(i, 'cycle', 50));
CREATE MACRO deal_status(i) AS CASE WHEN deal_end(i) >= days() THEN 'open' WHEN u(i, 'fate') < 0.34 THEN 'won'
    WHEN u(i, 'fate') < 0.86 THEN 'lost' WHEN u(i, 'fate') < 0.91 THEN 'cancelled' ELSE 'open' END;
CREATE MACRO deal_rep(i) AS rep_of(i, 'deal rep', deal_created(i));
CREATE MACRO deal_account(i) AS account_of(i, 'deal account', deal_created(i));
CREATE MACRO deal_amount(i) AS exp(7 + 1.1 * (u(i, 'a1') + u(i, 'a2') + u(i, 'a3') + u(i, 'a4') - 2) * 1.7);
CREATE MACRO deal_pipeline(i) AS CASE WHEN u(i, 'pipeline') < 0.8 THEN 'main' ELSE 'partners' END;
-- How many open stages it was in (1 to 3), and which the one numbered j was: some skip stages.
CREATE MACRO deal_depth(i) AS CASE WHEN u(i, 'depth') < 0.58 THEN 1 WHEN u(i, 'depth') < 0.88 THEN 2 ELSE 3 END;
CREATE MACRO stage_place(i, j) AS least(5, 1 + j * (1 + n(i, 'skips', 3)));
CREATE MACRO stage_code(pipeline, place) AS 's-' || pipeline || '-' || place::VARCHAR;
CREATE MACRO end_place(status) AS CASE status WHEN 'won' THEN 6 WHEN 'lost' THEN 7 ELSE 8 END;
CREATE MACRO deal_product(i) AS CASE WHEN u(i, 'has product') < 0.8 THEN n(i, 'deal product', getvariable('products')) END;

-- Leads; about two in five became the deal that was created near their place.
CREATE MACRO lead_created(j) AS greatest(0, j * days() // getvariable('leads') - n(j, 'before', 25));
CREATE MACRO lead_deal(j) AS j * getvariable('deals') // getvariable('leads');
CREATE MACRO lead_converts(j) AS u(j, 'converts') < 0.45;
CREATE MACRO lead_of_deal(i) AS -(-i * getvariable('leads') // getvariable('deals'));

-- Orders; one that follows a won deal carries its account, rep and day.
CREATE MACRO order_deal(q) AS q * getvariable('deals') // getvariable('orders');
CREATE MACRO order_is_of_deal(q) AS deal_status(order_deal(q)) = 'won';
CREATE MACRO order_day(q) AS CASE WHEN order_is_of_deal(q) THEN least(deal_end(order_deal(q)), days() - 1)
    ELSE q * days() // getvariable('orders') END;
CREATE MACRO order_account(q) AS CASE WHEN order_is_of_deal(q) THEN deal_account(order_deal(q))
    ELSE account_of(q, 'order account', q * days() // getvariable('orders')) END;
CREATE MACRO order_rep(q) AS CASE WHEN order_is_of_deal(q) THEN deal_rep(order_deal(q))
    ELSE rep_of(q, 'order rep', q * days() // getvariable('orders')) END;
CREATE MACRO order_age(q) AS days() - order_day(q);
CREATE MACRO order_status(q) AS CASE WHEN u(q, 'order fate') < 0.05 THEN 'cancelled'
    WHEN order_age(q) < 5 + n(q, 'draft', 20) THEN 'confirmed' WHEN u(q, 'order fate') < 0.07 THEN 'returned'
    WHEN order_age(q) < 40 + n(q, 'ships', 40) THEN 'fulfilled'
    WHEN order_age(q) < 80 + n(q, 'pays', 90) THEN 'invoiced' ELSE 'paid' END;
CREATE MACRO order_currency(q) AS currency_of(q, 'order currency');
CREATE MACRO order_lines(q) AS 1 + n(q, 'lines', 5);
CREATE MACRO line_product(q, l) AS n(q * 8 + l, 'line product', getvariable('products'));
CREATE MACRO line_quantity(q, l) AS 1 + n(q * 8 + l, 'quantity', 20);
CREATE MACRO line_price(q, l) AS list_price(line_product(q, l)) * (0.85 + 0.3 * u(q * 8 + l, 'price'));
CREATE MACRO invoice_day(q) AS order_day(q) + 1 + n(q, 'invoiced', 14);
CREATE MACRO has_invoice(q) AS u(q, 'order fate') >= 0.04 AND u(q, 'has invoice') < 0.85 AND invoice_day(q) < days();
CREATE MACRO invoice_amount(q) AS in_currency(100 + 4900 * u(q, 'invoice') ** 2, order_currency(q));

-- Subscriptions; the first started before the 36 months.
CREATE MACRO sub_start(s) AS s * (days() + 400) // getvariable('subscriptions') - 400;
CREATE MACRO sub_end(s) AS sub_start(s) + 45 + waits(s, 'sub lasts', 500);
CREATE MACRO sub_ends(s) AS u(s, 'sub fate') < 0.6 AND sub_end(s) < days();
CREATE MACRO sub_account(s) AS n(s, 'sub account', greatest(1, getvariable('subscriptions') * 3 // 5));
CREATE MACRO sub_product(s) AS n(s, 'sub product', getvariable('products'));
CREATE MACRO sub_changes(s) AS sub_start(s) + 40 + n(s, 'changes', 300);
CREATE MACRO sub_has_change(s) AS u(s, 'has change') < 0.5 AND sub_changes(s) < CASE WHEN sub_ends(s) THEN sub_end(s) ELSE days() END;
CREATE MACRO sub_currency(s) AS currency_of(s, 'sub currency');
CREATE MACRO sub_first(s) AS in_currency(CASE WHEN u(s, 'free') < 0.04 THEN 0 ELSE 50 + n(s, 'mrr', 950) END, sub_currency(s));
CREATE MACRO sub_then(s) AS (sub_first(s) * CASE WHEN u(s, 'up') < 0.65 THEN 1.5 ELSE 0.5 END)::DECIMAL(18, 4);
