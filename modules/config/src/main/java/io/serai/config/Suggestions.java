package io.serai.config;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/** Finds what a misspelt word was probably meant to be. */
public final class Suggestions {
  private Suggestions() {}

  /** {@code did you mean "x"?}, or the allowed words when none is close, or nothing for none. */
  public static String didYouMean(String word, Collection<String> candidates) {
    String best = closest(word, candidates);
    if (!best.isEmpty()) {
      return "did you mean \"" + best + "\"?";
    }
    return candidates.isEmpty() ? "" : "allowed: " + String.join(", ", new TreeSet<>(candidates));
  }

  /** The candidate with the fewest typing errors away, or the empty string when all are far. */
  static String closest(String word, Collection<String> candidates) {
    String wanted = normal(word);
    String best = "";
    int bestDistance = Math.max(1, wanted.length() / 3) + 1;
    for (String candidate : new TreeSet<>(candidates)) {
      int distance = distance(wanted, normal(candidate));
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Case, underscores and missing hyphens are not worth a typing error each. */
  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Damerau-Levenshtein distance: insert, delete, replace or swap neighbours cost 1 each. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = best;
      }
    }
    return cost[a.length()][b.length()];
  }
}
