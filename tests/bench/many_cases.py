#!/usr/bin/env python3
"""Makes a ledger of N cases out of a small real one, for measuring the statistics workbook.

usage: many_cases.py SMALL_LEDGER LARGE_LEDGER N

The case documents and deliveries of the small ledger are repeated with other numbers, units, places, titles, times and
outcomes. Only what the statistics read is made (documents and deliveries): the chain of events stays that of the small ledger.
"""
import json
import random
import shutil
import sqlite3
import sys

SERIES = ["higher_edu_teacher", "social_science_researcher", "natural_science_researcher", "health", "engineering",
          "agriculture", "journalism", "publishing", "library", "primary_secondary_teacher", "economics", "accounting"]
LEVELS = ["senior_full", "senior_associate", "intermediate", "assistant", "junior"]
REGIONS = ["652901", "652902", "652922", "653101", "653121", "650102", "654002", "659001", "430102", "431382"]
HOUR = 3600 * 1000000


def decision(case, at, action, label, queue):
    case["decisions"].append({"queue": queue, "version": "1.1", "round": case["round"], "action": action, "at": at})
    case["history"].append({"at": at, "what": label, "by": "某审核人", "round": case["round"], "queue": queue})
    case["decided_at"] = at


def application(case, number, now, rng):
    unit = rng.randrange(2000)
    case["uscc"] = "12652901PDY%06d%d" % (unit, unit % 10)
    case["unit"] = "某市第%d中学" % unit
    case["region"] = REGIONS[unit % len(REGIONS)]
    case["applicant"] = rng.choice("赵钱孙李周吴郑王") + rng.choice("建国 晓燕 志强 丽娟 文杰".split())
    case["series"], case["level"] = rng.choice(SERIES), rng.choice(LEVELS)
    at = now - rng.randrange(1, 60 * 24) * HOUR
    case["received_at"] = at
    base, above = "unit-" + case["uscc"], "unit-1165290%dPDY000116H" % (unit % 9)
    case.update(queue=base, state="at_base_unit", round=1, returns=0, decisions=[])
    case["history"] = [{"at": at, "what": "提交申请书", "by": case["applicant"], "round": 1, "queue": base}]
    at += rng.randrange(1, 100) * HOUR
    fate = rng.random()
    if at >= now or fate < 0.2:
        return
    if fate < 0.5:
        decision(case, at, "return", "退回修改", base)
        case.update(queue="", state="returned", returns=1)
        case["last_return"] = {"queue": base, "items": rng.sample(["S%d" % i for i in range(1, 15)], 2)}
        at += 30 * HOUR
        if at >= now or fate < 0.3:
            return
        case.update(queue=base, state="at_base_unit", round=2)
        case["history"].append({"at": at, "what": "再次提交申请书", "by": case["applicant"], "round": 2, "queue": base})
        at += 20 * HOUR
        if at >= now:
            return
    decision(case, at, "report_up", "上报", base)
    case.update(queue=above, state="at_receiving_unit", reviewer="某局", reviewer_kind="receiving_unit")
    at += rng.randrange(1, 200) * HOUR
    if at < now and fate < 0.9:
        accepted = fate < 0.8
        decision(case, at, *(("accept", "受理") if accepted else ("not_accept", "不予受理")), above)
        case.update(queue="", state="accepted" if accepted else "not_accepted")


def main():
    small, large, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    shutil.copyfile(small, large)
    db = sqlite3.connect(large)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    now = int(db.execute("SELECT content FROM meta WHERE name = 'summarised_at'").fetchone()[0])
    cases = [row[0] for row in db.execute("SELECT body FROM document WHERE space = 'case' ORDER BY name")]
    parcels = list(db.execute("SELECT * FROM bundle ORDER BY id"))
    db.execute("DELETE FROM document WHERE space = 'case'")
    db.execute("DELETE FROM bundle")
    rng = random.Random(1)
    for i in range(count):
        case = json.loads(cases[i % len(cases)])
        # In rising order, for quick insertion.
        case["case"] = "%s%012X" % (case["case"][:2], i << 20)
        if case["kind"] == "title_application":
            application(case, i, now, rng)
        else:
            case["received_at"] = now - rng.randrange(1, 60 * 24) * HOUR
        body = json.dumps(case, ensure_ascii=False, separators=(",", ":"))
        db.execute("INSERT INTO document (space, name, body) VALUES ('case', ?, ?)", (case["case"], body))
        parcel = list(parcels[i % len(parcels)])
        parcel[0], parcel[8] = i + 1, case["received_at"]
        db.execute("INSERT INTO bundle VALUES (%s)" % ",".join("?" * len(parcel)), parcel)
    db.commit()


main()
