SELECT stage_code(pipeline, place) AS id, pipeline AS pipeline_id, pipeline AS pipeline_name, 'Stage ' || place AS name,
       place AS position, CASE place WHEN 6 THEN 'won' WHEN 7 THEN 'lost' WHEN 8 THEN 'cancelled' ELSE 'open' END AS kind,
       place = 4 AS is_quote, CASE WHEN place <= 5 THEN place * 0.15 WHEN place = 6 THEN 1 ELSE 0 END AS probability,
       true AS is_active, at_day(-900, place, 'c') AS created_at
FROM (SELECT unnest(['main', 'partners']) AS pipeline), range(1, 9) t(place)
ORDER BY id
