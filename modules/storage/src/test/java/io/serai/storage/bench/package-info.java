/** How fast the journal is: programs to run by hand. */
package io.serai.storage.bench;
