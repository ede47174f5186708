package io.serai.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HealthPageTest {
  @Test
  void everythingUpIsStatus200() {
    HealthPage page = HealthPage.of(List.of(Check.up("a", "fine"), Check.up("b", "fine too")));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.json().encode())
        .isEqualTo(
            "{\"status\":\"up\",\"checks\":["
                + "{\"name\":\"a\",\"status\":\"up\",\"detail\":\"fine\"},"
                + "{\"name\":\"b\",\"status\":\"up\",\"detail\":\"fine too\"}]}");
  }

  @Test
  void oneCheckDownIsStatus503AndNamesTheReason() {
    HealthPage page =
        HealthPage.of(List.of(Check.up("a", "fine"), Check.down("listener mqtt", "not open")));
    assertThat(page.status()).isEqualTo(503);
    assertThat(page.json().getString("status")).isEqualTo("down");
    assertThat(page.json().getJsonArray("checks").getJsonObject(1).getString("detail"))
        .isEqualTo("not open");
  }
}
