package io.serai.node;

import io.serai.config.Configuration;
import io.serai.config.RoutingConfig;
import java.util.List;

/** Adds file and line to what the routing core says about queues and exchanges it cannot take. */
final class DeclaredPlaces {
  private DeclaredPlaces() {}

  /** The problems, each behind the place of the queue or exchange that it names, if it has one. */
  static List<String> added(Configuration config, List<String> problems) {
    return problems.stream().map(problem -> placed(config, problem)).toList();
  }

  private static String placed(Configuration config, String problem) {
    for (RoutingConfig.Vhost vhost : config.routing().vhosts().values()) {
      for (String queue : vhost.queues().keySet()) {
        if (isAbout(problem, "queue", queue, vhost.name())) {
          return at(config, problem, vhost.name(), "queues", queue);
        }
      }
      for (String exchange : vhost.exchanges().keySet()) {
        if (isAbout(problem, "exchange", exchange, vhost.name())) {
          return at(config, problem, vhost.name(), "exchanges", exchange);
        }
      }
    }
    return problem;
  }

  /** RabbitMQ's words, which the routing core uses for what clients declare as well. */
  private static boolean isAbout(String problem, String what, String name, String vhost) {
    return problem.contains("%s '%s' in vhost '%s'".formatted(what, name, vhost));
  }

  private static String at(
      Configuration config, String problem, String vhost, String kind, String name) {
    return config
        .placeOf("vhosts", vhost, kind, name)
        .map(place -> place + ": " + problem)
        .orElse(problem);
  }
}
