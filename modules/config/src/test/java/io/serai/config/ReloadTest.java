package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReloadTest {
  private static final String PLANT =
      "users.plant={password=secret, permissions={\"/\"={read=\"x\"}}}";

  private final Configuration old = Load.valid(Load.DEFAULTS);

  @Test
  void usersAndRoutingCountAtOnceAndTheRestWaits() {
    Configuration newer =
        Load.valid(
            Load.DEFAULTS
                .withSetting(PLANT)
                .withSetting("vhosts.\"/\".queues.q={}")
                .withSetting("listeners.mqtt.port=1884")
                .withSetting("limits.max-connections=7"));
    assertThat(old.restartNeeded(newer))
        .containsExactly(
            "limits.max-connections: 100000 -> 7", "listeners.mqtt.port: 1883 -> 1884");
    Configuration inForce = old.reloaded(newer);
    assertThat(inForce.server().users()).containsKeys("guest", "plant");
    assertThat(inForce.routing()).isEqualTo(newer.routing());
    assertThat(Load.listener(inForce, "mqtt").port()).isEqualTo(1883);
    assertThat(inForce.server().limits()).isEqualTo(old.server().limits());
  }

  @Test
  void whatWaitsForARestartIsToldAgainByTheNextReload() {
    Configuration newer = Load.valid(Load.DEFAULTS.withSetting("listeners.mqtt.port=1884"));
    assertThat(old.reloaded(newer).restartNeeded(newer)).hasSize(1);
    assertThat(old.reloaded(newer).restartNeeded(old)).isEmpty();
  }

  @Test
  void aUserThatIsGoneIsGone() {
    Configuration before = Load.valid(Load.DEFAULTS.withSetting(PLANT));
    assertThat(before.reloaded(old).server().users()).containsOnlyKeys("guest");
  }
}
