-- The open stages of each deal in turn, then the one it ended in.
SELECT code('h', i) || '-' || j AS id, code('o', i) AS opportunity_id, pipeline AS pipeline_id,
       CASE WHEN j > 0 THEN stage_code(pipeline, stage_place(i, j - 1)) END AS from_stage_id,
       stage_code(pipeline, CASE WHEN j = depth THEN end_place(status) ELSE stage_place(i, j) END) AS stage_id,
       at_day(entered, i * 4 + j, 'e') AS entered_at,
       CASE WHEN j < depth AND (status <> 'open' OR j + 1 < depth)
            THEN at_day(created + (ends - created) * (j + 1) // depth, i * 4 + j + 1, 'e') END AS left_at,
       code('r', rep) AS changed_by_id, 'source' AS origin, currency_of(i, 'deal currency') AS currency,
       entered AS rate_day, at_day(entered, i * 4 + j, 'e') AS created_at
FROM (SELECT *, created + (ends - created) * j // depth AS entered
      FROM (SELECT i, depth, created, ends, status, pipeline, rep,
                   unnest(range(depth + CASE WHEN status = 'open' THEN 0 ELSE 1 END)) AS j
            FROM (SELECT i, deal_depth(i) AS depth, deal_created(i) AS created, least(deal_end(i), days() - 1) AS ends,
                         deal_status(i) AS status, deal_pipeline(i) AS pipeline, deal_rep(i) AS rep
                  FROM range(getvariable('deals')) t(i))))
