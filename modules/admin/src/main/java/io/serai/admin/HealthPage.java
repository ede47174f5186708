package io.serai.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A health page: every check with what was found, and one verdict.
 *
 * @param status HTTP status: 200 when everything is up, else 503
 * @param json the body
 */
record HealthPage(int status, JsonObject json) {
  static HealthPage of(List<Check> checks) {
    boolean isUp = checks.stream().allMatch(Check::isUp);
    JsonArray shown = new JsonArray();
    for (Check check : checks) {
      shown.add(
          new JsonObject()
              .put("name", check.name())
              .put("status", verdict(check.isUp()))
              .put("detail", check.detail()));
    }
    return new HealthPage(
        isUp ? 200 : 503, new JsonObject().put("status", verdict(isUp)).put("checks", shown));
  }

  private static String verdict(boolean isUp) {
    return isUp ? "up" : "down";
  }
}
