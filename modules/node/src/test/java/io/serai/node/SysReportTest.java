package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SysReportTest {
  private static SysFigures figures(long uptimeSeconds, long clients, long received) {
    return new SysFigures(
        uptimeSeconds, clients, 5, received, 2 * received, 3, 1000, 2000, 7, 4, 1, 6, 50, 999);
  }

  @Test
  void topicsAreNamedAsMosquittoNamesThem() {
    Map<String, String> topics = new SysReport("1.2").update(figures(0, 2, 10), 10);
    assertThat(topics)
        .containsEntry("version", "serai version 1.2")
        .containsEntry("uptime", "0 seconds")
        .containsEntry("clients/connected", "2")
        .containsEntry("clients/disconnected", "3")
        .containsEntry("clients/total", "5")
        .containsEntry("messages/received", "10")
        .containsEntry("publish/messages/sent", "20")
        .containsEntry("publish/messages/dropped", "3")
        .containsEntry("bytes/received", "1000")
        .containsEntry("subscriptions/count", "4")
        .containsEntry("shared_subscriptions/count", "1")
        .containsEntry("retained messages/count", "6")
        .containsEntry("store/messages/bytes", "50")
        .containsKeys("load/messages/received/1min", "load/sockets/15min", "heap/maximum");
  }

  @Test
  void onlyWhatHasChangedIsSaidAgain() {
    SysReport report = new SysReport("1.2");
    report.update(figures(0, 2, 0), 10);
    assertThat(report.update(figures(10, 3, 0), 10))
        .containsEntry("uptime", "10 seconds")
        .containsEntry("clients/connected", "3")
        .doesNotContainKeys("version", "bytes/sent", "load/messages/received/1min");
  }

  @Test
  void theMostClientsAtOneTimeAreRemembered() {
    SysReport report = new SysReport("1.2");
    report.update(figures(0, 4, 0), 10);
    assertThat(report.update(figures(10, 2, 0), 10)).doesNotContainKey("clients/maximum");
    assertThat(report.update(figures(20, 5, 0), 10)).containsEntry("clients/maximum", "5");
  }

  @Test
  void aLoadIsPerMinuteAndApproachesTheRate() {
    LoadAverage load = new LoadAverage();
    long total = 0;
    for (int reading = 0; reading < 6; reading++) {
      load.read(total += 100, 10); // 600 in a minute
    }
    assertThat(load.perMinute(0)).isCloseTo(600 * (1 - Math.exp(-1)), within(1e-6));
    assertThat(load.perMinute(1)).isLessThan(load.perMinute(0));
    for (int reading = 0; reading < 600; reading++) {
      load.read(total += 100, 10);
    }
    assertThat(load.perMinute(2)).isCloseTo(600, within(2.0));
    for (int reading = 0; reading < 60; reading++) {
      load.read(total, 10);
    }
    assertThat(load.perMinute(0)).isLessThan(1);
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }
}
