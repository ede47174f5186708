package io.serai.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints how many tests each third-party client drove, and in CI fails the run when a count falls
 * below the one recorded in {@code modules/interop/clients.txt}: a test that silently stops running
 * would otherwise go unnoticed. Found by the JUnit launcher as a service.
 */
public final class ClientReport implements TestExecutionListener {
  private static final Map<ThirdParty, Integer> RAN = new EnumMap<>(ThirdParty.class);
  private static final Map<ThirdParty, Integer> SKIPPED = new EnumMap<>(ThirdParty.class);

  static synchronized void ran(ThirdParty client) {
    RAN.merge(client, 1, Integer::sum);
  }

  static synchronized void skipped(ThirdParty client) {
    SKIPPED.merge(client, 1, Integer::sum);
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    synchronized (ClientReport.class) {
      if (RAN.isEmpty() && SKIPPED.isEmpty()) {
        return;
      }
      Map<String, Integer> recorded = recorded();
      StringBuilder table = new StringBuilder("\nThird-party clients\n");
      table.append(String.format("  %-28s %6s %8s %9s%n", "client", "run", "skipped", "recorded"));
      StringBuilder shortfall = new StringBuilder();
      for (ThirdParty client : ThirdParty.values()) {
        int ran = RAN.getOrDefault(client, 0);
        int expected = recorded.getOrDefault(client.name(), 0);
        table.append(
            String.format(
                "  %-28s %6d %8d %9d%n",
                client.title(), ran, SKIPPED.getOrDefault(client, 0), expected));
        if (ran < expected) {
          shortfall
              .append("  ")
              .append(client.title())
              .append(": ")
              .append(ran)
              .append(" tests ran, ");
          shortfall.append(expected).append(" are recorded in modules/interop/clients.txt\n");
        }
      }
      System.out.println(table);
      try {
        Path counts = Path.of("target", "client-counts.txt");
        Files.createDirectories(counts.getParent());
        StringBuilder lines = new StringBuilder();
        for (ThirdParty client : ThirdParty.values()) {
          lines.append(client.name()).append(' ').append(RAN.getOrDefault(client, 0)).append('\n');
        }
        Files.writeString(counts, lines);
        // The build reads this file after the tests: a listener cannot fail a run by itself.
        Path shortfallFile = Path.of("target", "client-shortfall.txt");
        Files.deleteIfExists(shortfallFile);
        if (!shortfall.isEmpty()) {
          System.out.println("Fewer client tests than recorded:\n" + shortfall);
          if (System.getenv("CI") != null) {
            Files.writeString(shortfallFile, shortfall);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Map<String, Integer> recorded() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Path file = Path.of("clients.txt");
    if (!Files.exists(file)) {
      return counts;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] words = line.trim().split("\\s+");
          counts.put(words[0], Integer.valueOf(words[1]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }
}
