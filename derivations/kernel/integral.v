(* For some scripts below: an integral by a primitive, and conditions of derivatives. *)

Lemma integral_of_slope (f F : R -> R) a b :
  (forall x, Rmin a b <= x <= Rmax a b -> is_derive F x (f x)) ->
  (forall x, Rmin a b <= x <= Rmax a b -> continuous f x) -> RInt f a b = F b - F a.
Proof. intros D C; apply is_RInt_unique; apply (is_RInt_derive F f a b D C). Qed.

Lemma continuous_if_derivable (f : R -> R) x : ex_derive f x -> continuous f x.
Proof. intros D; apply (ex_derive_continuous (K := R_AbsRing) (V := R_NormedModule) f x D). Qed.

Lemma between (u a b : R) : a <= b -> Rmin a b <= u <= Rmax a b -> a <= u <= b.
Proof. intros L; rewrite Rmin_left, Rmax_right by exact L; auto. Qed.

Ltac as_known :=
  match goal with
  | H : 0 < ?e |- 0 < ?g => replace g with e by (field; signs); exact H
  | H : 0 < ?e |- ?g <> 0 => replace g with e by (field; signs); apply Rgt_not_eq; exact H
  end.

Ltac conditions := repeat split; first [exact I | sign_of_difference | solve [as_known]].

Ltac as_written :=
  repeat match goal with
  | |- context [?a + - ?b] => change (a + - b) with (a - b)
  | |- context [?a * / ?b] => change (a * / b) with (a / b)
  end.

Ltac as_reals := cbv beta; lazymatch goal with |- ?a = ?b => change (@eq R a b) end; as_written.
