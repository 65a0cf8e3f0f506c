#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/books.hpp"
#include "pipeline/database.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/lines.hpp"

// What lies behind a Ledger: for ledger*.cpp only.

namespace pipeline {

struct Ledger::Tables {
  using Number = std::int64_t;
  using Text = std::string;

  Tables(const std::string& place, bool may_upgrade);
  /// Where the counters stand in the database; after opening.
  void read_counters();
  /// The same, and what the next proof goes on from; at the start of a transaction and after every roll-back.
  void read_heads();
  /// A document and what it is found by, as its event puts it; `body` is its text.
  void keep(const Put& put, const std::string& body);
  void each_effect(const std::function<void(const StoredEffect&)>& visit, Number after);

  Database database;
  Lines lines;

  Query<Text> get_document{database, "SELECT body FROM document WHERE space = $1 AND name = $2"};
  Query<Text> found_by{database, "SELECT found_by FROM document WHERE space = $1 AND name = $2"};
  Query<Text> find{database,
                   "SELECT name FROM document_index WHERE space = $1 AND field = $2 AND "
                   "content = $3 ORDER BY name"};
  Query<Text, Text, Text, Text, Number, Text, Number> earlier{
      database,
      "SELECT case_id, name, folder, state, round, result, received_at FROM bundle WHERE "
      "sha256 = $1 AND result IN ('accepted', 'not_submitted') ORDER BY id LIMIT 1"};
  Query<Number> count_stem{database,
                           "SELECT count(*) FROM bundle WHERE sha256 >= $1 AND sha256 < $2 AND "
                           "stem = $3"};
  Query<Number, Text, Text, Text, Text, Text> pending_effects{
      database,
      "SELECT id, maker, path, payload, subject_space, subject_name FROM effect "
      "WHERE done = 0 AND id > $1 AND line = $2 ORDER BY id LIMIT $3"};
  Query<Number> is_pending{database, "SELECT id FROM effect WHERE id = $1 AND done = 0"};
  Query<Number> count_pending{database, "SELECT count(*) FROM effect WHERE done = 0"};
  Query<Number> count_later{database,
                            "SELECT count(*) FROM effect WHERE path = $1 AND id > $2 AND "
                            "maker <> 'receipt'"};
  Query<Number> count_made{database,
                           "SELECT count(*) FROM effect WHERE path = $1 AND id > $2 AND done = 1 "
                           "AND maker <> 'receipt'"};
  Query<Number, Number, Text, Text> due_timers{
      database,
      "SELECT id, due, name, body FROM timer WHERE fired = 0 AND due <= $1 "
      "ORDER BY due, id LIMIT $2"};
  Query<Number> next_timer{database,
                           "SELECT due FROM timer WHERE fired = 0 ORDER BY due, id LIMIT 1"};
  Query<Number, Text, Text, Text, Number, Number, Number> untaken{
      database,
      "SELECT id, folder, name, path, size, modified_ns, inode FROM bundle "
      "WHERE taken = 0 AND line = $1 ORDER BY id"};
  Query<Text> get_meta{database, "SELECT content FROM meta WHERE name = $1"};
  Query<Number, Text> last_event{
      database, "SELECT seq, digest FROM event WHERE seq = (SELECT max(seq) FROM event)"};
  Query<Number, Number, Number> last_ids{database,
                                         "SELECT (SELECT coalesce(max(id), 0) FROM effect), "
                                         "(SELECT coalesce(max(id), 0) FROM bundle), "
                                         "(SELECT coalesce(max(id), 0) FROM timer)"};
  Query<Number, Text, Text> pending_papers{
      database, "SELECT id, maker, path FROM effect WHERE done = 0 ORDER BY id"};
  Query<Text, Text, Text, Text, Text> get_effect{
      database,
      "SELECT maker, path, payload, subject_space, subject_name FROM effect WHERE id = $1"};
  Query<Number, Number, Number, Text> last_proof{database,
                                                 "SELECT bundle, effect, event, digest FROM proof "
                                                 "WHERE bundle = (SELECT max(bundle) FROM proof)"};
  Query<Number, Number, Text, Text, Text, Text, Text, Number> effects_after{
      database,
      "SELECT id, bundle, maker, path, payload, subject_space, subject_name, done FROM effect "
      "WHERE id > $1 ORDER BY id"};

  Statement put_document{database,
                         "INSERT INTO document (space, name, body, found_by) VALUES ($1, $2, $3, "
                         "$4) ON CONFLICT (space, name) DO UPDATE SET body = excluded.body, "
                         "found_by = excluded.found_by"};
  Statement put_once{database,
                     "INSERT INTO document (space, name, body, found_by) VALUES ($1, $2, $3, '') "
                     "ON CONFLICT DO NOTHING"};
  Statement drop_document{database, "DELETE FROM document WHERE space = $1 AND name = $2"};
  Statement put_index{database,
                      "INSERT INTO document_index (space, field, content, name) VALUES "
                      "($1, $2, $3, $4) ON CONFLICT DO NOTHING"};
  Statement drop_index{database,
                       "DELETE FROM document_index WHERE space = $1 AND field = $2 AND "
                       "content = $3 AND name = $4"};
  Statement put_event{database,
                      "INSERT INTO event (seq, at, bundle, name, case_id, body, rules, previous, "
                      "digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
  Statement put_effect{database,
                       "INSERT INTO effect (id, bundle, maker, path, payload, subject_space, "
                       "subject_name, done, line) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)"};
  Statement put_timer{database,
                      "INSERT INTO timer (id, due, name, body, fired) VALUES ($1, $2, $3, $4, 0)"};
  Statement put_bundle{
      database,
      "INSERT INTO bundle (id, sha256, size, folder, name, path, inode, modified_ns, received_at, "
      "kind, result, case_id, round, queue, state, findings, stem, taken, line) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, $18)"};
  Statement put_meta{database,
                     "INSERT INTO meta (name, content) VALUES ($1, $2) "
                     "ON CONFLICT (name) DO UPDATE SET content = excluded.content"};
  Statement put_proof{database,
                      "INSERT INTO proof (bundle, effect, event, digest) VALUES ($1, $2, $3, $4)"};
  Statement put_paper{database,
                      "INSERT INTO paper (path, effect, sha256, size) VALUES ($1, $2, $3, $4) "
                      "ON CONFLICT (path) DO UPDATE SET effect = excluded.effect, "
                      "sha256 = excluded.sha256, size = excluded.size"};
  Statement drop_papers{
      database,
      "DELETE FROM paper WHERE effect IN (SELECT id FROM effect WHERE path = $1 AND "
      "maker <> 'receipt')"};
  Statement set_taken{database, "UPDATE bundle SET taken = 1 WHERE id = $1"};
  Statement set_done{database, "UPDATE effect SET done = 1 WHERE id = $1"};
  Statement set_fired{database, "UPDATE timer SET fired = 1 WHERE id = $1"};
  Statement savepoint{database, "SAVEPOINT submission"};
  Statement release{database, "RELEASE SAVEPOINT submission"};

  Number last_seq = 0, last_effect = 0, last_bundle = 0, last_timer = 0;
  Text last_digest;
  bool heads_read = false;     ///< whether the two below are known
  Proof proof;                 ///< the last one
  std::vector<Text> to_prove;  ///< digests of the effects since, in order
  bool spoiled = false;        ///< a commit to a file has failed: what is on the disk is not known
  std::vector<Number> new_effects;
};

}  // namespace pipeline
