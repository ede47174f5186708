/** Tests of the journal. */
package io.serai.storage.journal;
