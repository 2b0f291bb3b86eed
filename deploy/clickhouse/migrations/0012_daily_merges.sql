-- A flush looks for its posts in every part of these tables, and the engine by itself leaves the parts of a long history
-- side by side. So parts that have not changed for a day become one, once a day.
ALTER TABLE posts MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE comments MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE metric_readings MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE post_days MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE answers MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE post_buckets MODIFY SETTING min_age_to_force_merge_seconds = 86400;

ALTER TABLE month_buckets MODIFY SETTING min_age_to_force_merge_seconds = 86400;
