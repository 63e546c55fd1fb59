import Testing

@testable import Evaluation

@Suite struct EvaluationReportTests {
  private func halfReport() -> EvaluationReport {
    var metrics = PrequentialMetrics()
    metrics.record(prediction: nil, label: 4, ranking: .miss)
    metrics.record(
      prediction: 3.5, label: 5,
      ranking: .ranked(.init(excludingSeen: 2, includingSeen: 20, popularity: 6, twoStage: 1)))
    var report = EvaluationReport(prequential: metrics, seconds: 0.25, peakRSSBytes: 3_145_728, digest: 0xABC)
    (report.coverage, report.gini) = (0.75, 0.5)
    return report
  }

  @Test func `JSON has the promised names in the promised shape`() {
    #expect(
      halfReport().json == """
        {"events":2,"protocol":"prequential","model":"online","rmse":1.5,"mae":1.5,\
        "hit_rate":{"1":0.0,"5":0.5,"10":0.5,"50":0.5,"100":0.5},"mrr":0.25,"ndcg":{"10":0.31546487678572877},\
        "last_half":{"rmse":1.5,"mae":1.5,"hit_rate":{"1":0.0,"5":1.0,"10":1.0,"50":1.0,"100":1.0},"mrr":0.5,\
        "ndcg":{"10":0.6309297535714575}},\
        "two_stage":{"hit_rate":{"1":0.5,"5":0.5,"10":0.5,"50":0.5,"100":0.5},\
        "liked":{"hit_rate":{"1":1.0,"5":1.0,"10":1.0,"50":1.0,"100":1.0},\
        "retrieval_hit_rate":{"1":0.0,"5":1.0,"10":1.0,"50":1.0,"100":1.0}}},\
        "including_seen":{"hit_rate":{"1":0.0,"5":0.0,"10":0.0,"50":0.5,"100":0.5}},\
        "baselines":{"popularity":{"hit_rate":{"1":0.0,"5":0.0,"10":0.5,"50":0.5,"100":0.5}},"mean":{"rmse":1.0}},\
        "seconds":0.25,"peak_rss_bytes":3145728,"digest":"00000000000000000000000000000abc",\
        "events_per_second":8.0,"coverage":0.75,"gini":0.5}
        """)
  }

  @Test func `what was not measured is null`() {
    let report = EvaluationReport(
      events: 0, procedure: .randomSplit, all: Quality(), lastHalf: nil, seconds: 1, peakRSSBytes: 0, digest: nil)
    #expect(
      report.json == """
        {"events":0,"protocol":"random-split","model":"online","rmse":null,"mae":null,"hit_rate":null,"mrr":null,"ndcg":null,\
        "last_half":null,"two_stage":null,"including_seen":null,"baselines":{"popularity":null,"mean":null},\
        "seconds":1.0,"peak_rss_bytes":0,"digest":null,\
        "events_per_second":0.0,"coverage":null,"gini":null}
        """)
  }

  @Test func `the table has baselines beside the model and the last half beside all events`() {
    #expect(
      halfReport().table == """
        prequential: 2 events in 0.3 s, 8 a second

                                   all  last half  baseline  last half
        RMSE                    1.5000     1.5000    1.0000     1.0000  running mean
        MAE                     1.5000     1.5000         –          –
        hit@1                   0.0000     0.0000    0.0000     0.0000  popularity
        hit@5                   0.5000     1.0000    0.0000     0.0000  popularity
        hit@10                  0.5000     1.0000    0.5000     1.0000  popularity
        hit@50                  0.5000     1.0000    0.5000     1.0000  popularity
        hit@100                 0.5000     1.0000    0.5000     1.0000  popularity
        MRR                     0.2500     0.5000         –          –
        nDCG@10                 0.3155     0.6309         –          –
        hit@1, re-ranked        0.5000     1.0000         –          –
        hit@5, re-ranked        0.5000     1.0000         –          –
        hit@10, re-ranked       0.5000     1.0000         –          –
        hit@50, re-ranked       0.5000     1.0000         –          –
        hit@100, re-ranked      0.5000     1.0000         –          –
        hit@1, seen included    0.0000     0.0000         –          –
        hit@5, seen included    0.0000     0.0000         –          –
        hit@10, seen included   0.0000     0.0000         –          –
        hit@50, seen included   0.5000     1.0000         –          –
        hit@100, seen included  0.5000     1.0000         –          –

        peak memory 3 MiB, digest 00000000000000000000000000000abc

        """)
  }

  @Test(arguments: [
    (0.0, 4, "0.0000"), (0.00004, 4, "0.0000"), (0.00006, 4, "0.0001"), (12.34567, 1, "12.3"), (-0.5, 1, "-0.5"),
    (99.96, 1, "100.0"),
  ]) func `numbers are rounded to places`(value: Double, places: Int, text: String) {
    #expect(EvaluationReport.rounded(value, places: places) == text)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (25_000_095, "25,000,095"), (-1_234, "-1,234")])
  func `thousands are grouped`(value: Int, text: String) {
    #expect(EvaluationReport.grouped(value) == text)
  }
}
